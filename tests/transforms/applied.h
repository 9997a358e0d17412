// A transform by its text on a small picture.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <fovea/transform.h>

#include "support/failure.h"
#include "support/net.h"

namespace fovea::test {

/// [1,1,h,w] counting from 1.
inline Tensor counting(std::int64_t height, std::int64_t width) {
  std::vector<double> numbers;
  for (std::int64_t i = 0; i < height * width; ++i) numbers.push_back(static_cast<double>(i + 1));
  return tensor(numbers, {1, 1, height, width});
}

inline Tensor applied(const char* text, const Tensor& picture, std::int64_t step = 0, std::uint64_t seed = 1) {
  return Transforms(text).apply(picture, seed, step);
}

}  // namespace fovea::test

// Canvases by their text.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/ops/full.h>
#include <gtest/gtest.h>

#include <fovea/canvas.h>

#include "support/failure.h"
#include "support/net.h"

namespace fovea::test {

inline CanvasPlan plan(std::int64_t pictures, std::int64_t height, std::int64_t width, const Tensor& start = {}) {
  return {.pictures = pictures, .height = height, .width = width, .start = start, .mean = {}, .seed = 5};
}

/// The picture that a canvas begins with.
inline Tensor shown(const char* text, const CanvasPlan& plan) {
  const Canvas canvas = make_canvas(text, plan);
  return canvas.image(canvas.parameters).detach();
}

/// A picture in [0.1, 0.9].
inline Tensor some_picture(std::int64_t height, std::int64_t width) {
  return (random_normal({1, 3, height, width}, 8) * 0.15 + 0.5).clamp(0.1, 0.9);
}

}  // namespace fovea::test

// One parameter that climbs f(x) = -(x - 3)^2 / 2 from 0.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <fovea/optimiser.h>

#include "support/failure.h"
#include "support/net.h"

namespace fovea::test {

inline Uphill hill(const Tensor& x) {
  const Tensor left = 3 - x.detach();
  return {.value = (-0.5 * left.square()).sum().item<double>(), .gradients = {left}};
}

/// Where it is after some steps; laid down and taken up again by another after each.
inline double climbed(const char* text, int steps) {
  Tensor x = at::zeros({1, 1}, at::TensorOptions(at::kFloat)).requires_grad_();
  std::string state;
  for (int i = 0; i < steps; ++i) {
    const auto optimiser = make_optimiser(text, {x}, steps);
    if (i > 0) optimiser->restore(state);
    optimiser->step([&] { return hill(x); });
    state = optimiser->state();
  }
  return x.item<double>();
}

}  // namespace fovea::test

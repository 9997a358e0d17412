// One prior by its text on a small picture.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/ops/full.h>
#include <gtest/gtest.h>

#include <fovea/prior.h>

#include "support/failure.h"
#include "support/net.h"

namespace fovea::test {

/// What a prior makes of a picture, by whichever function it has; the mean colour is 0.5.
inline Tensor called(const char* text, const Tensor& image, const Tensor& gradient = {}, std::int64_t step = 0,
                     std::int64_t steps = 10) {
  const Prior prior = parse_priors(text).at(0);
  const Tensor mean = at::full({1, 1, 1, 1}, 0.5);
  const PriorCall call{image, gradient, mean, prior.options, step, steps};
  if (prior.kind->penalty != nullptr) return prior.kind->penalty(call);
  return prior.kind->steering != nullptr ? prior.kind->steering(call) : prior.kind->projection(call);
}

}  // namespace fovea::test

// The direct encoding: every pixel is a gene. Polynomial mutation, simulated binary crossover (Deb and Agrawal 1995).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fovea/tensor.h>

#include "evolved/random.h"

namespace fovea::evolved {

/// The released code's.
struct DirectRates {
  double mutation = 0.1;  ///< of each pixel
  double eta_mutation = 15;
  double crossover = 0.5;  ///< of each pair
  double eta_crossover = 10;
};

/// Draws uniform noise [3,H,W] in [0,1].
Tensor first_pixels(Dice& dice, std::int64_t height, std::int64_t width);
/// Makes a child: crossover with the father at its rate, then mutation; in [0,1].
Tensor child_pixels(const Tensor& mother, const Tensor& father, Dice& dice, const DirectRates& rates);

}  // namespace fovea::evolved

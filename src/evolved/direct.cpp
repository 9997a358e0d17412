// The direct encoding of pictures.
// SPDX-License-Identifier: Apache-2.0
#include "evolved/direct.h"

#include <algorithm>
#include <cmath>

#include <ATen/ops/empty.h>

namespace fovea::evolved {

Tensor first_pixels(Dice& dice, std::int64_t height, std::int64_t width) {
  Tensor pixels = at::empty({3, height, width}, at::TensorOptions(at::kFloat));
  auto* at = pixels.data_ptr<float>();
  for (std::int64_t i = 0; i < pixels.numel(); ++i) at[i] = static_cast<float>(dice.unit());
  return pixels;
}

namespace {

/// How far apart two children are, over how far their parents were (SBX's beta).
double spread(Dice& dice, double eta) {
  const double r = dice.unit();
  const double power = 1 / (eta + 1);
  return r < 0.5 ? std::pow(2 * r, power) : std::pow(1 / (2 * (1 - r)), power);
}

}  // namespace

Tensor child_pixels(const Tensor& mother, const Tensor& father, Dice& dice, const DirectRates& rates) {
  Tensor child = mother.clone();
  auto* at = child.data_ptr<float>();
  const Tensor other = father.contiguous();
  const auto* from = other.data_ptr<float>();
  const bool crossed = dice.happens(rates.crossover);
  for (std::int64_t i = 0; i < child.numel(); ++i) {
    double value = at[i];
    if (crossed) {
      const double beta = spread(dice, rates.eta_crossover);
      value = ((1 + beta) * value + (1 - beta) * from[i]) / 2;
    }
    if (dice.happens(rates.mutation)) value += dice.polynomial(rates.eta_mutation);
    at[i] = static_cast<float>(std::clamp(value, 0.0, 1.0));
  }
  return child;
}

}  // namespace fovea::evolved

// Polynomial mutation.
// SPDX-License-Identifier: Apache-2.0
#include "evolved/random.h"

#include <cmath>

namespace fovea::evolved {

double Dice::polynomial(double eta) {
  const double r = unit();
  const double power = 1 / (eta + 1);
  return r < 0.5 ? std::pow(2 * r, power) - 1 : 1 - std::pow(2 * (1 - r), power);
}

}  // namespace fovea::evolved

// Midpoint and trapezoid rules, and Gauss-Legendre: the zeros z of the Legendre polynomial P_n by Newton's iteration,
// weights 2 / ((1 - z^2) P_n'(z)^2), moved from [-1, 1] to [0, 1] (Abramowitz and Stegun 25.4.29).
// SPDX-License-Identifier: Apache-2.0
#include "core/quadrature.h"

#include <cmath>
#include <numbers>

#include <fovea/error.h>

namespace fovea {
namespace {

struct Legendre {
  double value;
  double derivative;
};

Legendre legendre(std::int64_t n, double z) {
  double previous = 1;
  double current = z;
  for (std::int64_t k = 2; k <= n; ++k) {
    const double kd = static_cast<double>(k);
    const double next = ((2 * kd - 1) * z * current - (kd - 1) * previous) / kd;
    previous = current;
    current = next;
  }
  return {current, static_cast<double>(n) * (z * current - previous) / (z * z - 1)};
}

Quadrature gauss_legendre(std::int64_t steps) {
  constexpr int most_iterations = 100;
  constexpr double close_enough = 1e-15;
  Quadrature rule;
  for (std::int64_t i = steps - 1; i >= 0; --i) {
    double z = std::cos(std::numbers::pi * (static_cast<double>(i) + 0.75) / (static_cast<double>(steps) + 0.5));
    for (int iteration = 0; iteration < most_iterations; ++iteration) {
      const Legendre p = legendre(steps, z);
      const double step = p.value / p.derivative;
      z -= step;
      if (std::abs(step) < close_enough) break;
    }
    const double slope = legendre(steps, z).derivative;
    rule.nodes.push_back((1 + z) / 2);
    rule.weights.push_back(1 / ((1 - z * z) * slope * slope));
  }
  return rule;
}

}  // namespace

Quadrature quadrature(std::string_view rule, std::int64_t steps) {
  if (steps < 1) throw Error(ErrorKind::usage, "an integration needs at least 1 step, found " + std::to_string(steps));
  const auto n = static_cast<double>(steps);
  if (rule == "gauss_legendre") return steps == 1 ? Quadrature{{0.5}, {1.0}} : gauss_legendre(steps);
  Quadrature result;
  for (std::int64_t i = 0; i < steps; ++i) {
    const auto k = static_cast<double>(i);
    if (rule == "midpoint" || steps == 1) {
      result.nodes.push_back((k + 0.5) / n);
      result.weights.push_back(1 / n);
    } else if (rule == "trapezoid") {
      const bool end = i == 0 || i + 1 == steps;
      result.nodes.push_back(k / (n - 1));
      result.weights.push_back((end ? 0.5 : 1.0) / (n - 1));
    } else {
      throw Error(ErrorKind::usage, "there is no integration rule '" + std::string(rule) + "'",
                  "rules are midpoint, trapezoid and gauss_legendre");
    }
  }
  return result;
}

}  // namespace fovea

// Nodes and weights of one-dimensional integration over [0, 1].
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fovea {

/// Where a function is sampled on [0, 1], and how much each sample counts.
struct Quadrature {
  std::vector<double> nodes;
  std::vector<double> weights;
};

/// Makes a rule of `steps` nodes: "midpoint", "trapezoid" (nodes 0 to 1) or "gauss_legendre".
Quadrature quadrature(std::string_view rule, std::int64_t steps);

}  // namespace fovea

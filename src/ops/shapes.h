// What ops share that make or read shapes: small integer tensors, broadcasting, and the geometry of ops that look at an
// input's shape but never at its content.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/ops/tensor.h>

#include <algorithm>
#include <string>

#include <fovea/error.h>
#include <fovea/op.h>
#include <fovea/tensor.h>

#include "ops/checks.h"

namespace fovea::ops {

/// Makes a 1-D int64 tensor.
inline Tensor integer_tensor(const std::vector<std::int64_t>& values, at::Device device) {
  return at::tensor(values, at::TensorOptions().dtype(at::kLong)).to(device);
}

/// Returns the product of some extents.
inline std::int64_t count_of(at::IntArrayRef extents) {
  std::int64_t count = 1;
  for (const std::int64_t extent : extents) count *= extent;
  return count;
}

/// Returns the shape that two shapes broadcast to; throws `Error(shape)` when they do not.
inline Shape broadcast_shape(const Node& node, const Shape& a, const Shape& b) {
  Shape result(std::max(a.size(), b.size()), 1);
  for (std::size_t back = 1; back <= result.size(); ++back) {
    const std::int64_t of_a = back <= a.size() ? a[a.size() - back] : 1;
    const std::int64_t of_b = back <= b.size() ? b[b.size() - back] : 1;
    if (of_a != of_b && of_a != 1 && of_b != 1) {
      fail(ErrorKind::shape, node, "shapes " + spell(a) + " and " + spell(b) + " do not broadcast");
    }
    result[result.size() - back] = of_a == 1 ? of_b : of_a;
  }
  return result;
}

/// The geometry of ops whose outputs depend on their input's shape alone: no position touches them.
inline constexpr Geometry contentless_geometry{
    .affected = [](const Placed&, std::size_t, const Region&) { return Region{.empty = true, .extents = {}}; },
    .needed = [](const Placed&, std::size_t, const Region&) { return Region{.empty = true, .extents = {}}; },
};

}  // namespace fovea::ops

// What pools share: sums over windows for the cases that libtorch's pools do not cover (asymmetric or wide pads,
// dilations).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>
#include <vector>

#include <ATen/ops/constant_pad_nd.h>
#include <fovea/op.h>

#include "ops/window.h"

namespace fovea::ops {

/// Tells whether libtorch's pools take these pads: the same at both ends, at most half a kernel.
inline bool libtorch_pads_pool(const Window& window) {
  for (std::size_t axis = 0; axis < window.axes(); ++axis) {
    if (window.begin_pad[axis] < 0 || 2 * window.begin_pad[axis] > window.kernel[axis]) return false;
  }
  return window.symmetric();
}

/// Pads the input with `value` so that all `counts` windows lie inside it.
inline Tensor pad_for_windows(const Tensor& x, const Window& window, const std::vector<std::int64_t>& counts,
                              const c10::Scalar& value) {
  const auto end = reach(window, x.sizes().vec(), counts);
  return at::constant_pad_nd(x, torch_pads(window.begin_pad, end), value);
}

/// Combines the elements of every window of a padded input: one strided slice per position in the kernel.
template <class Combine>
Tensor fold_windows(const Tensor& padded, const Window& window, const std::vector<std::int64_t>& counts,
                    Combine combine) {
  Tensor result;
  std::vector<std::int64_t> at(window.axes(), 0);
  for (bool more = true; more;) {
    Tensor slice = padded;
    for (std::size_t axis = 0; axis < window.axes(); ++axis) {
      const std::int64_t begin = at[axis] * window.dilation[axis];
      const std::int64_t end = begin + (counts[axis] - 1) * window.stride[axis] + 1;
      slice = slice.slice(static_cast<std::int64_t>(first_spatial_axis + axis), begin, end, window.stride[axis]);
    }
    result = result.defined() ? combine(result, slice) : slice;
    more = false;
    for (std::size_t axis = window.axes(); axis-- > 0 && !more;) {
      more = ++at[axis] < window.kernel[axis];
      if (!more) at[axis] = 0;
    }
  }
  return result;
}

/// Sums the elements of every window.
inline Tensor sum_windows(const Tensor& padded, const Window& window, const std::vector<std::int64_t>& counts) {
  return fold_windows(padded, window, counts, [](const Tensor& a, const Tensor& b) { return a + b; });
}

/// Returns the spatial axes of a tensor of that rank.
inline std::vector<std::int64_t> spatial_axes(std::int64_t rank) {
  std::vector<std::int64_t> axes;
  for (auto axis = static_cast<std::int64_t>(first_spatial_axis); axis < rank; ++axis) axes.push_back(axis);
  return axes;
}

}  // namespace fovea::ops

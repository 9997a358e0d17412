// Shares of a depthwise convolution: each channel has its own small window, so the contribution of every input to every
// unit can be gone through one by one, in one pass over memory, where the general way takes six.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include <fovea/tensor.h>

namespace fovea {

/// The window of a convolution over two spatial axes (height, width).
struct Window2d {
  std::array<std::int64_t, 2> kernel;
  std::array<std::int64_t, 2> stride;
  std::array<std::int64_t, 2> dilation;
  std::array<std::int64_t, 2> begin_pad;
};

/// How contributions and what nothing excites are counted; see the options of recipe `excitation`.
struct DepthwiseShares {
  bool raw = false;      ///< contributions w+ a instead of (w a)+
  bool spread = true;    ///< units whose total is at most `least` in size spread evenly over their window
  double least = 1e-30;  ///< below this a unit counts as not excited
};

/// Tells whether `share_depthwise` can take these: float32 on a CPU, input and relevance [N,C,H,W] in channels_last.
bool can_share_depthwise(const Tensor& input, const Tensor& weight, const Tensor& relevance);

/// Returns the relevance at the input [N,C,H,W] of a depthwise convolution with weights [C,1,kh,kw], given the
/// relevance at its output [N,C,h,w]: R_i = a_i sum_j w_ji R_j / sum_k w_jk a_k over positive contributions.
Tensor share_depthwise(const Tensor& input, const Tensor& weight, const Tensor& relevance, const Window2d& window,
                       const DepthwiseShares& how);

}  // namespace fovea

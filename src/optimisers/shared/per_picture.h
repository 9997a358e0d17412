// Norms of gradients per picture: row i of every parameter belongs to picture i.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <fovea/tensor.h>

namespace fovea::optimisers {

/// Sums a function of the gradients over each picture, [N].
template <typename Function>
Tensor sum_per_picture(const std::vector<Tensor>& gradients, Function function) {
  Tensor sum;
  for (const Tensor& gradient : gradients) {
    const Tensor part = function(gradient).reshape({gradient.size(0), -1}).sum(1);
    sum = sum.defined() ? sum + part : part;
  }
  return sum;
}

/// Returns how many numbers of the parameters belong to one picture.
inline double numbers_per_picture(const std::vector<Tensor>& gradients) {
  double count = 0;
  for (const Tensor& gradient : gradients) count += static_cast<double>(gradient.numel() / gradient.size(0));
  return count;
}

/// Moves every parameter by its gradient times its picture's rate [N].
inline void move(const std::vector<Tensor>& parameters, const std::vector<Tensor>& gradients, const Tensor& rates) {
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    std::vector<std::int64_t> shape(static_cast<std::size_t>(parameters[i].dim()), 1);
    shape[0] = -1;
    parameters[i].detach().add_(gradients[i].detach() * rates.reshape(shape));
  }
}

}  // namespace fovea::optimisers

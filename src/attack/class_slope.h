// What attacks climb on a classifier: log p of a target, -log p of the class to leave, or log-odds.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <fovea/model.h>

#include "attack/attack.h"

namespace fovea {

/// What is to grow for a class c with probability p_c.
enum class Aim {
  towards,  ///< log p_c: less the loss L(x, c)
  away,     ///< -log p_c: the loss L(x, c)
  odds,     ///< log(p_c / (1 - p_c)), linear in the scores where two classes are concerned
  against,  ///< -log(p_c / (1 - p_c))
};
// d log p_c = (1 - p_c) d log(p_c / (1 - p_c)): the odds' gradients have the losses' directions, and do not vanish
// where p_c is 1 in float32.

/// Returns log(p / (1 - p)).
double log_odds(double probability);

/// Returns the aim's values [N] for one class per row of scores [N,classes]; differentiable.
Tensor aim_values(const Tensor& scores, const std::vector<std::int64_t>& classes, Aim aim);

/// Returns the slope at inputs of a network [N,...], as many to a run as `batch` and the network's file allow.
Slope class_slope(const Graph& graph, const Tensor& input, const std::vector<std::int64_t>& classes, Aim aim,
                  std::int64_t batch = 16);

/// Returns the slope at pictures of the network's size in display units [N,3,H,W]. With `as_files` the network sees
/// them as it would see a file of 8 bits (which matters where they are made grey: that is rounded too).
Slope class_slope(const Model& model, const Tensor& pictures, const std::vector<std::int64_t>& classes, Aim aim,
                  std::int64_t batch = 16, bool as_files = false);

/// Returns class probabilities [N,classes] of pictures as files of 8 bits, float64 on the CPU.
Tensor class_probabilities(const Model& model, const std::vector<Image>& pictures, std::int64_t batch = 16);

/// Tells whether the class scores are linear in the picture, but for a constant: nothing between them but layouts,
/// linear layers, averages, batch norms and sums.
bool is_linear_in_picture(const Graph& graph);

}  // namespace fovea

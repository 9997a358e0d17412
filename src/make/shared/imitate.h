// What textures and styles share: Gram matrices of pictures as objectives in which every layer counts alike.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <fovea/ascent.h>
#include <fovea/make.h>

namespace fovea::make {

constexpr Option pooling_option(std::string_view fallback) {
  return {.name = "pooling",
          .type = OptionType::choice,
          .fallback = fallback,
          .range = "max|average",
          .help = "Pools as the network has them, or every maximum as a mean (Gatys et al.: smoother gradients)."};
}

/// Returns the model with every maximum pool as a mean over the same windows (pads left out), names unchanged.
Model with_average_pools(const Model& model);

/// The values of a picture at some layers.
struct Answers {
  std::vector<ValueId> layers;
  std::vector<Tensor> values;  ///< [1,C,h,w]
};

/// Runs pictures in display units [1,3,H,W], at their own size where the network takes it.
Answers answers_of(const Model& model, const Tensor& picture, const std::vector<ValueId>& layers);

/// Lays the Gram matrices of a picture down as a target and returns sum_l w_l |G_l - target|^2 / |target|^2, a share in
/// which every layer counts alike. With a mask [1,1,H,W] (of 0 to 1, any size) it holds only where the mask is: for
/// both the target's picture (whole) and the made one (masked).
Objective imitate_gram(const Model& model, const Answers& answers, const std::string& name, Targets& targets,
                       const Tensor& mask = {}, const Answers& masked_shape = {});

/// Returns ||G - G_0|| / ||G_0|| of a picture's Gram matrices at every layer.
std::vector<double> gram_errors(const Model& model, const Tensor& picture, const Answers& wanted);

}  // namespace fovea::make

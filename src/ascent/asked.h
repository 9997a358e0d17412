// The objective of an ascent at pictures: through the network, by autograd or by a recipe.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <fovea/ascent.h>
#include <fovea/walk.h>

namespace fovea {

/// A network that is asked for gradients at pictures in display units of one size.
class AskedNetwork {
 public:
  /// `height` and `width` are the canvas's. Batch norm is folded where the recipe wants it.
  AskedNetwork(const Model& model, const std::vector<Objective>& objectives, const Targets& targets,
               const std::string& recipe, std::int64_t height, std::int64_t width);

  /// Values per picture [N] and the gradient of their sum at the network's input; undefined where nothing flows.
  struct Answer {
    Tensor values;
    Tensor gradient;
  };
  /// Asks at inputs [N,C,h,w], a leaf. `redirected` walks by the recipe of that name instead.
  Answer at_input(const Tensor& input, bool redirected = false) const;

  /// Resizes pictures to the size that the network is asked at, and turns them into its input; differentiable.
  Tensor input_of(const Tensor& display) const;
  /// Tells whether the network takes one size only, other than the canvas's.
  bool fitted() const { return fitted_; }

 private:
  Tensor values_of(const std::function<Tensor(ValueId)>& value) const;

  const Model& model_;
  const Preprocess& preprocess_;
  const std::vector<Objective>& objectives_;
  const Targets& targets_;
  Graph graph_;
  const Recipe* recipe_ = nullptr;
  std::vector<ValueId> taps_;
  std::int64_t height_;
  std::int64_t width_;
  bool fitted_ = false;
};

/// Returns a graph and a size at which the values can be computed: the asked size where the network takes any up to
/// them, else its own. `fitted` is set in the second case.
Graph graph_for_size(const Model& model, const std::vector<ValueId>& taps, std::int64_t& height, std::int64_t& width,
                     bool& fitted);

/// Returns what values are at pictures in display units [N,3,H,W], of their own size where the network takes it,
/// without any tape.
std::vector<Tensor> values_at(const Model& model, const Tensor& pictures, const std::vector<ValueId>& taps);

}  // namespace fovea

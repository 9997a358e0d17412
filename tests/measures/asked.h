// A measure asked about a map that a test makes up, of a network whose every answer is known.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <utility>

#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include <fovea/measure.h>
#include <fovea/score.h>

#include "score/randomised.h"
#include "support/failure.h"
#include "support/net.h"

namespace fovea::test {

/// Makes a network of one layer on pictures [1,1,h,w]: logit 0 is the weighted sum of the pixels, logit 1 is 0.
inline Model weighted_sum(const Tensor& weights) {
  Net net;
  const ValueId x = net.input("x", {-1, 1, weights.size(0), weights.size(1)});
  const Tensor matrix = at::zeros({weights.numel(), 2}, at::kFloat);
  matrix.select(1, 0).copy_(weights.reshape({-1}));
  net.node("Gemm", {net.node("Flatten", {x}), net.constant(matrix)});
  return net.model();
}

inline double sigmoid(double z) { return 1 / (1 + std::exp(-z)); }

/// A question to a measure, with everything that it refers to.
class MapAsked {
 public:
  MapAsked(Model model, const Tensor& picture)
      : model_(std::make_unique<Model>(std::move(model))),
        subject_(std::make_unique<Subject>(*model_, picture)),
        objective_(logit(0)) {}

  Tensor mask;
  std::vector<Box> boxes;
  bool mask_of_boxes = false;
  bool sensitivity = false;
  std::function<Map(const Subject&)> ask;

  const Model& model() const { return *model_; }

  /// Measures a map; its evidence is made as for any technique.
  Measured operator()(std::string_view name, const Map& map, const Settings& settings = {}) {
    const Measure& described = find_measure(name);
    const Options options(name, described.options, {}, {}, settings);
    const Tensor where =
        evidence(map, static_cast<int>(subject_->input().size(3)), static_cast<int>(subject_->input().size(2)));
    return measure(described, {.subject = *subject_,
                               .objective = objective_,
                               .map = map,
                               .sensitivity = sensitivity,
                               .evidence = where,
                               .mask = mask,
                               .boxes = boxes,
                               .mask_of_boxes = mask_of_boxes,
                               .ask = ask ? ask : [map](const Subject&) { return map; },
                               .randomised = [this](double share) -> const Subject& { return forgetful(share); },
                               .options = options,
                               .seed = 5});
  }

 private:
  const Subject& forgetful(double share) {
    const auto layers = static_cast<double>(layers_from_top(model_->graph).size());
    models_.push_back(
        std::make_unique<Model>(randomise_from_top(*model_, static_cast<std::int64_t>(std::ceil(share * layers)), 5)));
    subjects_.push_back(std::make_unique<Subject>(*models_.back(), subject_->input()));
    return *subjects_.back();
  }

  std::unique_ptr<Model> model_;
  std::unique_ptr<Subject> subject_;
  Objective objective_;
  std::vector<std::unique_ptr<Model>> models_;
  std::vector<std::unique_ptr<Subject>> subjects_;
};

/// Makes a heat map [h,w].
inline Map heat(const Tensor& values) { return {.values = values, .drawing = Drawing::heat, .at = "x"}; }

/// A picture of ones on a network of ones, for measures that do not run it.
inline MapAsked of_size(std::int64_t height, std::int64_t width) {
  return {weighted_sum(at::ones({height, width}, at::kFloat)), at::ones({1, 1, height, width}, at::kFloat)};
}

}  // namespace fovea::test

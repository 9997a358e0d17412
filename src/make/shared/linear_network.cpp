// Adversarial changes of a linear network: its score of class c is w_c . x + b_c, so the least change that makes class
// t of class s is (w_t - w_s) times a number (Goodfellow, Shlens and Szegedy 2014, section 3).
// SPDX-License-Identifier: Apache-2.0
#include "make/shared/linear_network.h"

#include <limits>

#include <ATen/core/grad_mode.h>

#include <fovea/display.h>
#include <fovea/objective.h>
#include <fovea/trace.h>

#include "attack/attack.h"
#include "attack/class_slope.h"
#include "experiments/landmarks.h"
#include "make/shared/common.h"

namespace fovea::make {
namespace {

double cosine(const Tensor& a, const Tensor& b) {
  const double lengths = a.norm().item<double>() * b.norm().item<double>();
  return lengths > 0 ? (a * b).sum().item<double>() / lengths : 0;
}

/// The weights of a class in display units, [1,3,H,W]: the gradient of its score, which is the same everywhere.
Tensor weights_of(const Model& model, std::int64_t index) {
  const Preprocess& preprocess = preprocess_of(model);
  const c10::AutoGradMode grad(true);
  const Tensor leaf =
      mean_colour(preprocess).expand({1, 3, preprocess.height, preprocess.width}).contiguous().requires_grad_();
  const Tensor input = display_to_input(leaf, preprocess);
  const Tensor at_input = gradient_at(model, beside_weights(model.graph, input.detach()), logit(index));
  return vjp({input}, {leaf}, {at_input.to(input.device())})[0];
}

/// The mean cosines of changes with what a linear network's weights say they should be.
struct Alignment {
  double others = 0;      ///< the least change, before rounding and clipping, with w_t - sum over others q_j w_j
  double found = 0;       ///< what was found, likewise
  double difference = 0;  ///< the least change with w_t - w_s
  double target = 0;      ///< and with w_t alone
};

/// The least change in real numbers and without bounds.
Tensor exact_change(const SlopeAt& odds, const Tensor& picture, double confidence) {
  constexpr double unbounded = std::numeric_limits<double>::infinity();
  constexpr std::int64_t steps = 100;
  const LeastChange exact{
      .reach = log_odds(confidence), .steps = steps, .levels = 0, .low = -unbounded, .high = unbounded};
  return least_change(picture, odds, exact).pictures - picture;
}

}  // namespace

void compare_with_weights(const Model& model, double confidence, std::vector<Adversary>& adversaries, Made& made) {
  Alignment sum;
  double count = 0;
  for (Adversary& one : adversaries) {
    if (one.target == no_class || one.target == one.source || one.borrowed) continue;
    const SlopeAt odds = [&](const Tensor& x) { return class_slope(model, x, {one.target}, Aim::odds); };
    const Tensor picture = to_display(one.original);
    const Tensor least = exact_change(odds, picture, confidence);
    const Tensor weights = weights_of(model, one.target);
    one.weights = signed_picture(weights[0]);
    one.about_weights = "weights of " + label_of(model.card, one.target);
    sum.others += cosine(least, odds(picture + least).gradient);
    sum.found += cosine(change_of(one).unsqueeze(0), odds(to_display(one.found)).gradient);
    sum.difference += cosine(least, weights - weights_of(model, one.source));
    sum.target += cosine(least, weights);
    ++count;
  }
  if (count == 0) return;
  made.figures.emplace_back("cosine_to_weights", sum.others / count);
  made.figures.emplace_back("cosine_to_weights_as_found", sum.found / count);
  made.figures.emplace_back("cosine_to_target_less_source", sum.difference / count);
  made.figures.emplace_back("cosine_to_target_alone", sum.target / count);
  made.notes.emplace_back(
      "the network is linear in the picture: the score of class c is w_c . x + b_c, so the least change to a target t "
      "is a number times w_t less the other classes' weights, each by its share of what is not the target's "
      "probability; where only the picture's own class s counts, w_t - w_s. Cosines are means over the adversaries: "
      "of the least change in real numbers with that (must be 1), of what was found in whole levels, and of the least "
      "change with w_t - w_s and with w_t");
}

}  // namespace fovea::make

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
  double difference = 0;  ///< the least change, before rounding and clipping, with w_target - w_source
  double rounded = 0;     ///< what was found, likewise
  double target = 0;      ///< the least change with w_target alone
};

}  // namespace

void compare_with_weights(const Model& model, double confidence, std::vector<Adversary>& adversaries, Made& made) {
  Alignment mean;
  double count = 0;
  for (Adversary& one : adversaries) {
    if (one.target == no_class || one.target == one.source || one.borrowed) continue;
    const Tensor weights = weights_of(model, one.target);
    const Tensor difference = weights - weights_of(model, one.source);
    const Tensor picture = to_display(one.original);
    constexpr double unbounded = std::numeric_limits<double>::infinity();
    const LeastChange exact{.reach = log_odds(confidence),
                            .first_memory = 0,
                            .last_memory = 0,
                            .levels = 0,
                            .low = -unbounded,
                            .high = unbounded};
    const auto odds = [&](const Tensor& x) { return class_slope(model, x, {one.target}, Aim::odds); };
    const Tensor least = least_change(picture, odds, exact).pictures - picture;
    const double aligned = cosine(least, difference);
    one.weights = signed_picture(weights[0]);
    one.about_weights =
        "weights of " + label_of(model.card, one.target) + "; cosine " + short_number(cosine(least, weights));
    mean.difference += aligned;
    mean.rounded += cosine(change_of(one).unsqueeze(0), difference);
    mean.target += cosine(least, weights);
    ++count;
  }
  if (count == 0) return;
  made.figures.emplace_back("cosine_to_weight_difference", mean.difference / count);
  made.figures.emplace_back("cosine_as_found", mean.rounded / count);
  made.figures.emplace_back("cosine_to_target_weights", mean.target / count);
  made.notes.emplace_back(
      "the network is linear in the picture: the score of a class is w . x + b, so the least change that turns class "
      "s into t is (w_t - w_s) times a number. Cosines are means over the adversaries: of the least change before "
      "rounding and clipping with w_t - w_s (1 where no third class comes near), of what was found, and with w_t "
      "alone");
}

}  // namespace fovea::make

// probability(c): softmax of the scores, p_c = exp(y_c) / sum_k exp(y_k).
// SPDX-License-Identifier: Apache-2.0
#include "objectives/arguments.h"

namespace fovea::objectives::probability {
namespace {

Tensor evaluate_probability(const ObjectiveCall& call) {
  const Tensor scores = flatten_scores(call.value);
  return scores.softmax(1).gather(1, classes_of(call, scores)).squeeze(1);
}

}  // namespace

extern constinit const ObjectiveKind descriptor{
    .name = "probability",
    .arguments = "CLASS",
    .sentence = "The softmax probability of a class; saturates near 0 and 1, where its gradient vanishes.",
    .least_arguments = 1,
    .most_arguments = 1,
    .tap = tap_logits,
    .evaluate = evaluate_probability,
    .pin = pin_class};

}  // namespace fovea::objectives::probability

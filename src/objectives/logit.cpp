// logit(c): the score of a class before any softmax, y_c.
// SPDX-License-Identifier: Apache-2.0
#include "objectives/arguments.h"

namespace fovea::objectives::logit {
namespace {

Tensor evaluate_logit(const ObjectiveCall& call) {
  const Tensor scores = flatten_scores(call.value);
  return scores.gather(1, classes_of(call, scores)).squeeze(1);
}

}  // namespace

extern constinit const ObjectiveKind descriptor{
    .name = "logit",
    .arguments = "CLASS",
    .sentence = "The score of a class before any softmax; CLASS is an index, a label or top (Simonyan et al. 2013).",
    .least_arguments = 1,
    .most_arguments = 1,
    .tap = tap_logits,
    .evaluate = evaluate_logit,
    .pin = pin_class};

}  // namespace fovea::objectives::logit

// cosine(v,t): the cosine of the angle between a value and a target's.
// SPDX-License-Identifier: Apache-2.0
#include "objectives/compared.h"

namespace fovea::objectives::cosine {
namespace {

Tensor evaluate_cosine(const ObjectiveCall& call) {
  constexpr double nothing = 1e-12;
  const Tensor a = rows_of(call.value);
  const Tensor t = rows_of(same_shaped_target(call, 1));
  return (a * t).sum(1) / (a.square().sum(1).sqrt() * t.square().sum(1).sqrt()).clamp_min(nothing);
}

}  // namespace

extern constinit const ObjectiveKind descriptor{
    .name = "cosine",
    .arguments = "VALUE, TARGET",
    .sentence = "The cosine of the angle between a value and a target picture's.",
    .least_arguments = 2,
    .most_arguments = 2,
    .targets = 0b10,
    .tap = tap_named,
    .evaluate = evaluate_cosine};

}  // namespace fovea::objectives::cosine

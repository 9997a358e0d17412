// dot(v,t,power): sum a t * max(cos(a,t), 0.1)^power, per picture: along a target's direction.
// SPDX-License-Identifier: Apache-2.0
#include "objectives/compared.h"

namespace fovea::objectives::dot {
namespace {

Tensor evaluate_dot(const ObjectiveCall& call) {
  constexpr double floor = 0.1;     // Lucid's, so that the gradient does not vanish at the start
  constexpr double nothing = 1e-6;  // Lucid's, against division by zero
  const Tensor a = rows_of(call.value);
  const Tensor t = rows_of(same_shaped_target(call, 1));
  const double power = number_argument(call, 2, 0);
  const Tensor product = (a * t).sum(1);
  if (power == 0) return product;
  const Tensor cosine = product / (nothing + a.square().sum(1).sqrt() * t.square().sum(1).sqrt());
  return product * cosine.clamp_min(floor).pow(power);
}

}  // namespace

extern constinit const ObjectiveKind descriptor{
    .name = "dot",
    .arguments = "VALUE, TARGET[, POWER]",
    .sentence =
        "The product of a value with a target picture's, times a power of their cosine (at least 0.1): along the "
        "target's direction, and the stronger the better (Lucid's caricatures).",
    .least_arguments = 2,
    .most_arguments = 3,
    .targets = 0b10,
    .tap = tap_named,
    .evaluate = evaluate_dot};

}  // namespace fovea::objectives::dot

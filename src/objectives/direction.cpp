// direction(v,t,power): the mean over positions of <a(position), d> max(cos(a(position), d), 0.1)^power, d a direction
// in the space of channels.
// SPDX-License-Identifier: Apache-2.0
#include "objectives/compared.h"

namespace fovea::objectives::direction {
namespace {

Tensor evaluate_direction(const ObjectiveCall& call) {
  const std::int64_t channels = channels_of(call);
  const Tensor target = call.target(1).to(call.value.device(), call.value.scalar_type());
  if (target.numel() != channels) {
    throw Error(ErrorKind::usage, "a direction of '" + call.arguments[0] + "' has " + std::to_string(channels) +
                                      " numbers, found " + std::to_string(target.numel()) + " in '" +
                                      call.arguments[1] + "'");
  }
  Shape shape(static_cast<std::size_t>(call.value.dim()), 1);
  shape[1] = channels;
  const Tensor along = (call.value * target.reshape(shape)).sum(1);
  const double power = number_argument(call, 2, 0);
  if (power == 0) return rows_of(along).mean(1);
  constexpr double floor = 0.1;     // Lucid's, so that the gradient does not vanish at the start
  constexpr double nothing = 1e-6;  // Lucid's, against division by zero
  const Tensor cosine = along / (nothing + call.value.square().sum(1).sqrt() * target.square().sum().sqrt());
  return rows_of(along * cosine.clamp_min(floor).pow(power)).mean(1);
}

}  // namespace

extern constinit const ObjectiveKind descriptor{
    .name = "direction",
    .arguments = "VALUE, TARGET[, POWER]",
    .sentence =
        "The mean over positions of the product with a direction in the space of channels: a .npy file of as many "
        "numbers as there are channels (Olah et al. 2017); times a power of their cosine (at least 0.1), if one is "
        "named (Carter et al. 2019).",
    .least_arguments = 2,
    .most_arguments = 3,
    .targets = 0b10,
    .tap = tap_named,
    .evaluate = evaluate_direction};

}  // namespace fovea::objectives::direction

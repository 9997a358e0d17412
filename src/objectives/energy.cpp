// energy(v): half the sum of squares, whose gradient is the value itself.
// SPDX-License-Identifier: Apache-2.0
#include "objectives/compared.h"

namespace fovea::objectives::energy {
namespace {

Tensor evaluate_energy(const ObjectiveCall& call) { return 0.5 * rows_of(call.value.square()).sum(1); }

}  // namespace

extern constinit const ObjectiveKind descriptor{
    .name = "energy",
    .arguments = "VALUE",
    .sentence = "Half the sum of squares of a whole value: more of whatever is there (DeepDream).",
    .least_arguments = 1,
    .most_arguments = 1,
    .tap = tap_named,
    .evaluate = evaluate_energy};

}  // namespace fovea::objectives::energy

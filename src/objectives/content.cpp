// content(v,t): the mean squared difference of a value from a target's.
// SPDX-License-Identifier: Apache-2.0
#include "objectives/compared.h"

namespace fovea::objectives::content {
namespace {

Tensor evaluate_content(const ObjectiveCall& call) {
  return rows_of((call.value - same_shaped_target(call, 1)).square()).mean(1);
}

}  // namespace

extern constinit const ObjectiveKind descriptor{
    .name = "content",
    .arguments = "VALUE, TARGET",
    .sentence =
        "The mean squared difference of a value from a target picture's: -content(...) imitates it (Gatys et al. "
        "2016; Johnson et al. 2016).",
    .least_arguments = 2,
    .most_arguments = 2,
    .targets = 0b10,
    .tap = tap_named,
    .evaluate = evaluate_content};

}  // namespace fovea::objectives::content

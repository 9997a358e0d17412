// Excitation backprop (MWP): a probability that starts at the objective and flows down by recipe `excitation`, summed
// over the channels where it is read. Zhang et al. 2016, section 3.
// SPDX-License-Identifier: Apache-2.0
#include "techniques/excitation.h"

namespace fovea::techniques::excitation {
namespace {

Map explain_excitation(const Question& question) {
  const ExcitationRun run = excitation_run(question);
  const Tensor probability = walk_to(question, run.trace, run.seeds, run.recipe, run.at, &run.options);
  return excitation_map(question, run, sum_channels(probability));
}

}  // namespace

extern constinit const Technique descriptor{
    .name = "excitation",
    .sentence = "Spreads the class's probability down to the places that excited it; the map sums to 1.",
    .paper = "Zhang et al. 2016, Top-down Neural Attention by Excitation Backprop (arXiv:1608.00507), equation 4",
    .details =
        "Read with --at at any value; default: the last value that all paths cross whose map is at most 16 times "
        "smaller than the picture. Batch norm is folded into the convolution before it, or passed unchanged where "
        "it cannot be. The authors state that the method is patent-pending.",
    .options = excitation_options,
    .presets = excitation_presets,
    .explain = explain_excitation};

}  // namespace fovea::techniques::excitation

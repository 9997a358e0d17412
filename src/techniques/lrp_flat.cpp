// The relevance of every pixel by recipe `lrp_flat`: LRP-flat: relevance is shared evenly over the inputs of every
// window, whatever they hold: what the architecture alone makes of a start. Lapuschkin et al. 2019, Unmasking Clever
// Hans predictors, supplement.
// SPDX-License-Identifier: Apache-2.0
#include "techniques/lrp.h"

namespace fovea::techniques::lrp_flat {
namespace {

Map explain_lrp_flat(const Question& question) { return lrp_map(question, "lrp_flat"); }

constexpr Option options[] = {rules::lrp_epsilon_option, lrp_batch_norm_option};

}  // namespace

extern constinit const Technique descriptor{
    .name = "lrp_flat",
    .sentence =
        "Shares relevance evenly over every window: the map that the architecture makes without looking at the "
        "picture.",
    .paper =
        "Lapuschkin, Wäldchen, Binder, Montavon, Samek, Müller 2019, Unmasking Clever Hans predictors and assessing "
        "what machines really learn (arXiv:1902.10178)",
    .details =
        "Says nothing of the picture but for the winners of max-pooling: a baseline to hold the other rules against. "
        "Its sum is kept.",
    .options = options,
    .explain = explain_lrp_flat};

}  // namespace fovea::techniques::lrp_flat

// The relevance of every pixel by recipe `lrp_epsilon`: LRP-epsilon: R_j = sum_k a_j w_jk / (z_k + epsilon sign(z_k))
// R_k, sign(0) = 1. Bach et al. 2015, equation 58.
// SPDX-License-Identifier: Apache-2.0
#include "techniques/lrp.h"

namespace fovea::techniques::lrp_epsilon {
namespace {

Map explain_lrp_epsilon(const Question& question) { return lrp_map(question, "lrp_epsilon"); }

constexpr Option options[] = {rules::lrp_epsilon_option, lrp_batch_norm_option};

}  // namespace

extern constinit const Technique descriptor{
    .name = "lrp_epsilon",
    .sentence = "Shares relevance out in proportion to contributions; epsilon absorbs what cancels out.",
    .paper =
        "Bach et al. 2015, On Pixel-Wise Explanations for Non-Linear Classifier Decisions by Layer-Wise Relevance "
        "Propagation, equation 58",
    .details =
        "On ReLU networks with epsilon near 0 this equals input times gradient. A larger epsilon keeps only the "
        "contributions that do not cancel. What goes to the biases and to epsilon is lost and printed.",
    .options = options,
    .presets = rules::lrp_presets,
    .explain = explain_lrp_epsilon};

}  // namespace fovea::techniques::lrp_epsilon

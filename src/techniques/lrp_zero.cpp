// The relevance of every pixel by LRP-0: relevance in proportion to contributions, R_j = sum_k a_j w_jk / z_k R_k; 0/0
// is 0. Bach et al. 2015, equation 56 without stabiliser.
// SPDX-License-Identifier: Apache-2.0
#include "techniques/lrp.h"

namespace fovea::techniques::lrp_zero {
namespace {

Map explain_lrp_zero(const Question& question) { return lrp_map(question, "lrp_zero"); }

constexpr Option options[] = {lrp_batch_norm_option};

}  // namespace

extern constinit const Technique descriptor{
    .name = "lrp_zero",
    .sentence =
        "Shares relevance out in proportion to contributions, unstabilised: on ReLU networks the input times the "
        "gradient.",
    .paper =
        "Bach et al. 2015, On Pixel-Wise Explanations for Non-Linear Classifier Decisions by Layer-Wise Relevance "
        "Propagation",
    .details =
        "R starts as the objective's value and flows down in proportion to each contribution a w / z. Near z = 0 "
        "shares explode: LRP-epsilon is the stable form. What goes to the biases is lost and printed.",
    .options = options,
    .explain = explain_lrp_zero};

}  // namespace fovea::techniques::lrp_zero

// The relevance of every pixel by recipe `lrp_alpha_beta`: LRP-alpha-beta, alpha - beta = 1: R_j = sum_k (alpha (a_j
// w_jk)+ / z_k+ - beta (a_j w_jk)- / z_k-) R_k, where z+ and z- sum the contributions and the bias of one sign. Bach et
// al. 2015, equation 60.
// SPDX-License-Identifier: Apache-2.0
#include "techniques/lrp.h"

namespace fovea::techniques::lrp_alpha_beta {
namespace {

Map explain_lrp_alpha_beta(const Question& question) { return lrp_map(question, "lrp_alpha_beta"); }

constexpr Option options[] = {rules::lrp_alpha_option, rules::lrp_epsilon_option, lrp_batch_norm_option};

}  // namespace

extern constinit const Technique descriptor{
    .name = "lrp_alpha_beta",
    .sentence = "Treats positive and negative contributions apart, weighted alpha and alpha - 1.",
    .paper =
        "Bach et al. 2015, On Pixel-Wise Explanations for Non-Linear Classifier Decisions by Layer-Wise Relevance "
        "Propagation, equation 60",
    .details =
        "alpha 1 is z-plus, alpha 2 the usual choice with negative evidence. Inputs of both signs are split: a "
        "contribution's sign counts, not the weight's.",
    .options = options,
    .presets = rules::lrp_presets,
    .explain = explain_lrp_alpha_beta};

}  // namespace fovea::techniques::lrp_alpha_beta

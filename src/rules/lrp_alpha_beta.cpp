// LRP-alpha-beta, alpha - beta = 1: R_j = sum_k (alpha (a_j w_jk)+ / z_k+ - beta (a_j w_jk)- / z_k-) R_k, where z+ and
// z- sum the contributions and the bias of one sign. Bach et al. 2015, equation 60.
// SPDX-License-Identifier: Apache-2.0
#include "rules/shared/lrp.h"

namespace fovea::rules::lrp_alpha_beta {
namespace {

constexpr RecipeRow own_rows[] = {
    {has_weights, lrp_alpha_beta_rule, "linear layers: alpha times positive shares minus beta times negative ones"}};
constexpr auto rows = with_lrp_rows(own_rows);

constexpr Option options[] = {lrp_alpha_option, lrp_epsilon_option};

}  // namespace

extern constinit const Recipe descriptor{
    .name = "lrp_alpha_beta",
    .sentence = "Treats positive and negative contributions apart, weighted alpha and alpha - 1.",
    .paper =
        "Bach et al. 2015, On Pixel-Wise Explanations for Non-Linear Classifier Decisions by Layer-Wise Relevance "
        "Propagation, equation 60",
    .details =
        "alpha 1 is z-plus, alpha 2 the usual choice with negative evidence. Inputs of both signs are split: a "
        "contribution's sign counts, not the weight's.",
    .rows = rows,
    .options = options,
    .presets = lrp_presets,
    .folds_batch_norm = true,
    .remark = lrp_remark,
    .relevance = true};

}  // namespace fovea::rules::lrp_alpha_beta

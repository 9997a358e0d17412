// LRP-0: relevance in proportion to contributions, R_j = sum_k a_j w_jk / z_k R_k; 0/0 is 0. Bach et al. 2015,
// equation 56 without stabiliser.
// SPDX-License-Identifier: Apache-2.0
#include "rules/shared/lrp.h"

namespace fovea::rules::lrp_zero {
namespace {

constexpr RecipeRow own_rows[] = {
    {has_weights, lrp_epsilon_rule, "linear layers: in proportion to contributions, z as it is"}};
constexpr auto rows = with_lrp_rows(own_rows);

}  // namespace

extern constinit const Recipe descriptor{
    .name = "lrp_zero",
    .sentence =
        "Shares relevance out in proportion to contributions, unstabilised: on ReLU "
        "networks the input times the gradient.",
    .paper =
        "Bach et al. 2015, On Pixel-Wise Explanations for Non-Linear Classifier "
        "Decisions by Layer-Wise Relevance Propagation",
    .details =
        "R starts as the objective's value and flows down in proportion to each contribution a w / z. Near z = 0 "
        "shares explode: LRP-epsilon is the stable form. What goes to the biases is lost and printed.",
    .rows = rows,
    .folds_batch_norm = true,
    .remark = lrp_remark,
    .relevance = true};

}  // namespace fovea::rules::lrp_zero

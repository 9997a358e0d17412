// LRP-epsilon: R_j = sum_k a_j w_jk / (z_k + epsilon sign(z_k)) R_k, sign(0) = 1. Bach et al. 2015, equation 58.
// SPDX-License-Identifier: Apache-2.0
#include "rules/shared/lrp.h"

namespace fovea::rules::lrp_epsilon {
namespace {

constexpr RecipeRow own_rows[] = {
    {has_weights, lrp_epsilon_rule, "linear layers: in proportion to contributions, z + epsilon sign(z)"}};
constexpr auto rows = with_lrp_rows(own_rows);

constexpr Option options[] = {lrp_epsilon_option};

}  // namespace

extern constinit const Recipe descriptor{
    .name = "lrp_epsilon",
    .sentence = "Shares relevance out in proportion to contributions; epsilon absorbs what cancels out.",
    .paper =
        "Bach et al. 2015, On Pixel-Wise Explanations for Non-Linear Classifier Decisions by Layer-Wise Relevance "
        "Propagation, equation 58",
    .details =
        "On ReLU networks with epsilon near 0 this equals input times gradient. A larger epsilon keeps only the "
        "contributions that do not cancel. What goes to the biases and to epsilon is lost and printed.",
    .rows = rows,
    .options = options,
    .presets = lrp_presets,
    .folds_batch_norm = true,
    .remark = lrp_remark,
    .relevance = true};

}  // namespace fovea::rules::lrp_epsilon

// LRP z-box: the first layer by R_j = sum_k (x_j w_jk - l_j w_jk+ - h_j w_jk-) / (sum_j of the same) R_k for pixels
// between l and h, z-plus everywhere else: deep Taylor decomposition. Montavon et al. 2017, equations 12 and 13.
// SPDX-License-Identifier: Apache-2.0
#include "rules/shared/lrp.h"

namespace fovea::rules::lrp_z_box {
namespace {

constexpr RecipeRow own_rows[] = {
    {is_first_layer, lrp_z_box_rule, "the first layer: contributions beyond the darkest and brightest pixel, no bias"},
    {has_weights, lrp_z_plus_rule, "other linear layers: shares of the positive contributions"}};
constexpr auto rows = with_lrp_rows(own_rows);

constexpr Option options[] = {lrp_low_option, lrp_high_option, lrp_epsilon_option};

}  // namespace

extern constinit const Recipe descriptor{
    .name = "lrp_z_box",
    .sentence = "Deep Taylor decomposition: z-plus, and at the pixels a rule that knows their range.",
    .paper =
        "Montavon, Lapuschkin, Binder, Samek, Müller 2017, Explaining Nonlinear Classification Decisions with Deep "
        "Taylor Decomposition (arXiv:1512.02479)",
    .details =
        "The pixels' range comes from the model's card (black and white in the network's units), else from the input; "
        "low and high override it. Without biases the sum is kept.",
    .rows = rows,
    .options = options,
    .presets = lrp_presets,
    .folds_batch_norm = true,
    .remark = lrp_remark,
    .relevance = true};

}  // namespace fovea::rules::lrp_z_box

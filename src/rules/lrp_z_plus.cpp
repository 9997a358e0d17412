// LRP z-plus: the shares of the positive contributions alone, R_j = sum_k (a_j w_jk)+ / z_k+ R_k: alpha 1, beta 0.
// Montavon et al. 2017, deep Taylor decomposition, equation 12.
// SPDX-License-Identifier: Apache-2.0
#include "rules/shared/lrp.h"

namespace fovea::rules::lrp_z_plus {
namespace {

constexpr RecipeRow own_rows[] = {
    {has_weights, lrp_z_plus_rule, "linear layers: shares of the positive contributions"}};
constexpr auto rows = with_lrp_rows(own_rows);

constexpr Option options[] = {lrp_epsilon_option};

}  // namespace

extern constinit const Recipe descriptor{
    .name = "lrp_z_plus",
    .sentence = "Shares relevance out by the positive contributions alone: nothing negative, what excited the class.",
    .paper =
        "Montavon, Lapuschkin, Binder, Samek, Müller 2017, Explaining Nonlinear Classification Decisions with Deep "
        "Taylor Decomposition (arXiv:1512.02479)",
    .details =
        "Equals lrp_alpha_beta with alpha 1. Relevance stays positive, and its sum is kept but for positive biases and "
        "units that nothing excites.",
    .rows = rows,
    .options = options,
    .presets = lrp_presets,
    .folds_batch_norm = true,
    .remark = lrp_remark,
    .relevance = true};

}  // namespace fovea::rules::lrp_z_plus

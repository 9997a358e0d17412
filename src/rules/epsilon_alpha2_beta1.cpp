// LRP composite: epsilon on fully connected layers, alpha 2 beta 1 on convolutions. Kohlbrenner et al. 2020 (LRP-CMP,
// alpha 2); zennit's EpsilonAlpha2Beta1.
// SPDX-License-Identifier: Apache-2.0
#include "rules/shared/lrp.h"

namespace fovea::rules::epsilon_alpha2_beta1 {
namespace {

constexpr RecipeRow own_rows[] = {{is_dense, lrp_epsilon_rule, "fully connected layers: epsilon"},
                                  {has_weights, lrp_alpha_beta_rule, "convolutions: alpha 2, beta 1"}};
constexpr auto rows = with_lrp_rows(own_rows);

constexpr Option options[] = {lrp_alpha_option, lrp_epsilon_option};

}  // namespace

extern constinit const Recipe descriptor{
    .name = "epsilon_alpha2_beta1",
    .sentence =
        "LRP by layer: epsilon on fully connected layers, alpha 2 beta 1 on convolutions: positive and negative "
        "evidence apart.",
    .paper =
        "Kohlbrenner, Bauer, Nakajima, Binder, Samek, Lapuschkin 2020, Towards Best Practice in Explaining Neural "
        "Network Decisions with LRP (arXiv:1910.09840)",
    .details = "zennit's EpsilonAlpha2Beta1: contrasting maps with much negative evidence.",
    .rows = rows,
    .options = options,
    .presets = lrp_presets,
    .folds_batch_norm = true,
    .remark = lrp_remark,
    .relevance = true};

}  // namespace fovea::rules::epsilon_alpha2_beta1

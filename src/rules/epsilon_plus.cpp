// LRP composite: epsilon on fully connected layers, z-plus on convolutions. Kohlbrenner et al. 2020 (LRP-CMP, alpha 1);
// zennit's EpsilonPlus.
// SPDX-License-Identifier: Apache-2.0
#include "rules/shared/lrp.h"

namespace fovea::rules::epsilon_plus {
namespace {

constexpr RecipeRow own_rows[] = {{is_dense, lrp_epsilon_rule, "fully connected layers: epsilon"},
                                  {has_weights, lrp_z_plus_rule, "convolutions: z-plus"}};
constexpr auto rows = with_lrp_rows(own_rows);

constexpr Option options[] = {lrp_epsilon_option};

}  // namespace

extern constinit const Recipe descriptor{
    .name = "epsilon_plus",
    .sentence = "LRP by layer: epsilon on fully connected layers, z-plus on convolutions.",
    .paper =
        "Kohlbrenner, Bauer, Nakajima, Binder, Samek, Lapuschkin 2020, Towards Best Practice in Explaining Neural "
        "Network Decisions with LRP (arXiv:1910.09840)",
    .details = "zennit's EpsilonPlus: what excited the class, with the class told apart by the fully connected layers.",
    .rows = rows,
    .options = options,
    .presets = lrp_presets,
    .folds_batch_norm = true,
    .remark = lrp_remark,
    .relevance = true};

}  // namespace fovea::rules::epsilon_plus

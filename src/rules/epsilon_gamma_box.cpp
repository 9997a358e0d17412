// LRP composite: epsilon on fully connected layers, gamma on convolutions, z-box on the first layer. Montavon et al.
// 2019, section 10.3; zennit's EpsilonGammaBox (gamma 0.25).
// SPDX-License-Identifier: Apache-2.0
#include "rules/shared/lrp.h"

namespace fovea::rules::epsilon_gamma_box {
namespace {

constexpr RecipeRow own_rows[] = {{is_dense, lrp_epsilon_rule, "fully connected layers: epsilon"},
                                  {is_first_layer, lrp_z_box_rule, "the first convolution: z-box"},
                                  {has_weights, lrp_gamma_rule, "other convolutions: gamma"}};
constexpr auto rows = with_lrp_rows(own_rows);

constexpr Option options[] = {lrp_gamma_option, lrp_low_option, lrp_high_option, lrp_epsilon_option};

}  // namespace

extern constinit const Recipe descriptor{
    .name = "epsilon_gamma_box",
    .sentence = "LRP by layer: epsilon on fully connected layers, gamma on convolutions, z-box at the pixels.",
    .paper =
        "Montavon, Binder, Lapuschkin, Samek, Müller 2019, Layer-Wise Relevance Propagation: An Overview, section 10.3",
    .details =
        "zennit's EpsilonGammaBox, the recommendation for VGG-like networks. The pixels' range comes from the card.",
    .rows = rows,
    .options = options,
    .presets = lrp_presets,
    .folds_batch_norm = true,
    .remark = lrp_remark,
    .relevance = true};

}  // namespace fovea::rules::epsilon_gamma_box

// LRP-gamma: as LRP-epsilon with weights and biases w + gamma max(w, 0). Montavon et al. 2019, table 10.1.
// SPDX-License-Identifier: Apache-2.0
#include "rules/shared/lrp.h"

namespace fovea::rules::lrp_gamma {
namespace {

constexpr RecipeRow own_rows[] = {
    {has_weights, lrp_gamma_rule, "linear layers: weights and biases w + gamma max(w, 0)"}};
constexpr auto rows = with_lrp_rows(own_rows);

constexpr Option options[] = {lrp_gamma_option, lrp_epsilon_option};

}  // namespace

extern constinit const Recipe descriptor{
    .name = "lrp_gamma",
    .sentence = "Favours positive contributions by gamma: calmer maps than LRP-epsilon, still with negative evidence.",
    .paper =
        "Montavon, Binder, Lapuschkin, Samek, Müller 2019, Layer-Wise Relevance Propagation: An Overview, section 10.2",
    .details =
        "gamma 0 is LRP-epsilon; a large gamma is z-plus for non-negative inputs. Inputs of both signs are taken "
        "literally: weights w + gamma max(w, 0) on the input as it is.",
    .rows = rows,
    .options = options,
    .presets = lrp_presets,
    .folds_batch_norm = true,
    .remark = lrp_remark,
    .relevance = true};

}  // namespace fovea::rules::lrp_gamma

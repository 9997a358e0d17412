// LRP-flat: relevance is shared evenly over the inputs of every window, whatever they hold: what the architecture alone
// makes of a start. Lapuschkin et al. 2019, Unmasking Clever Hans predictors, supplement.
// SPDX-License-Identifier: Apache-2.0
#include "rules/shared/lrp.h"

namespace fovea::rules::lrp_flat {
namespace {

constexpr RecipeRow own_rows[] = {{has_weights, lrp_flat_rule, "linear layers: every input in the window alike"}};
constexpr auto rows = with_lrp_rows(own_rows);

constexpr Option options[] = {lrp_epsilon_option};

}  // namespace

extern constinit const Recipe descriptor{
    .name = "lrp_flat",
    .sentence =
        "Shares relevance evenly over every window: the map that the architecture makes without looking at the "
        "picture.",
    .paper =
        "Lapuschkin, Wäldchen, Binder, Montavon, Samek, Müller 2019, Unmasking Clever Hans predictors and assessing "
        "what machines really learn (arXiv:1902.10178)",
    .details =
        "Says nothing of the picture but for the winners of max-pooling: a baseline to hold the other rules against. "
        "Its sum is kept.",
    .rows = rows,
    .options = options,
    .folds_batch_norm = true,
    .remark = lrp_remark,
    .relevance = true};

}  // namespace fovea::rules::lrp_flat

// The relevance of every pixel by recipe `lrp_z_box`: LRP z-box: the first layer by R_j = sum_k (x_j w_jk - l_j w_jk+ -
// h_j w_jk-) / (sum_j of the same) R_k for pixels between l and h, z-plus everywhere else: deep Taylor decomposition.
// Montavon et al. 2017, equations 12 and 13.
// SPDX-License-Identifier: Apache-2.0
#include "techniques/lrp.h"

namespace fovea::techniques::lrp_z_box {
namespace {

Map explain_lrp_z_box(const Question& question) { return lrp_map(question, "lrp_z_box"); }

constexpr Option options[] = {rules::lrp_low_option, rules::lrp_high_option, rules::lrp_epsilon_option,
                              lrp_batch_norm_option};

}  // namespace

extern constinit const Technique descriptor{
    .name = "lrp_z_box",
    .sentence = "Deep Taylor decomposition: z-plus, and at the pixels a rule that knows their range.",
    .paper =
        "Montavon, Lapuschkin, Binder, Samek, Müller 2017, Explaining Nonlinear Classification Decisions with Deep "
        "Taylor Decomposition (arXiv:1512.02479)",
    .details =
        "The pixels' range comes from the model's card (black and white in the network's units), else from the input; "
        "low and high override it. Without biases the sum is kept.",
    .options = options,
    .presets = rules::lrp_presets,
    .explain = explain_lrp_z_box};

}  // namespace fovea::techniques::lrp_z_box

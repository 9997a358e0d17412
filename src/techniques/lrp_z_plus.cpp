// The relevance of every pixel by recipe `lrp_z_plus`: LRP z-plus: the shares of the positive contributions alone, R_j
// = sum_k (a_j w_jk)+ / z_k+ R_k: alpha 1, beta 0. Montavon et al. 2017, deep Taylor decomposition, equation 12.
// SPDX-License-Identifier: Apache-2.0
#include "techniques/lrp.h"

namespace fovea::techniques::lrp_z_plus {
namespace {

Map explain_lrp_z_plus(const Question& question) { return lrp_map(question, "lrp_z_plus"); }

constexpr Option options[] = {rules::lrp_epsilon_option, lrp_batch_norm_option};

}  // namespace

extern constinit const Technique descriptor{
    .name = "lrp_z_plus",
    .sentence = "Shares relevance out by the positive contributions alone: nothing negative, what excited the class.",
    .paper =
        "Montavon, Lapuschkin, Binder, Samek, Müller 2017, Explaining Nonlinear Classification Decisions with Deep "
        "Taylor Decomposition (arXiv:1512.02479)",
    .details =
        "Equals lrp_alpha_beta with alpha 1. Relevance stays positive, and its sum is kept but for positive biases and "
        "units that nothing excites.",
    .options = options,
    .presets = rules::lrp_presets,
    .explain = explain_lrp_z_plus};

}  // namespace fovea::techniques::lrp_z_plus

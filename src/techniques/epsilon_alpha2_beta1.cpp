// The relevance of every pixel by recipe `epsilon_alpha2_beta1`: LRP composite: epsilon on fully connected layers,
// alpha 2 beta 1 on convolutions. Kohlbrenner et al. 2020 (LRP-CMP, alpha 2); zennit's EpsilonAlpha2Beta1.
// SPDX-License-Identifier: Apache-2.0
#include "techniques/lrp.h"

namespace fovea::techniques::epsilon_alpha2_beta1 {
namespace {

Map explain_epsilon_alpha2_beta1(const Question& question) { return lrp_map(question, "epsilon_alpha2_beta1"); }

constexpr Option options[] = {rules::lrp_alpha_option, rules::lrp_epsilon_option, lrp_batch_norm_option};

}  // namespace

extern constinit const Technique descriptor{
    .name = "epsilon_alpha2_beta1",
    .sentence =
        "LRP by layer: epsilon on fully connected layers, alpha 2 beta 1 on convolutions: positive and negative "
        "evidence apart.",
    .paper =
        "Kohlbrenner, Bauer, Nakajima, Binder, Samek, Lapuschkin 2020, Towards Best Practice in Explaining Neural "
        "Network Decisions with LRP (arXiv:1910.09840)",
    .details = "zennit's EpsilonAlpha2Beta1: contrasting maps with much negative evidence.",
    .options = options,
    .presets = rules::lrp_presets,
    .explain = explain_epsilon_alpha2_beta1};

}  // namespace fovea::techniques::epsilon_alpha2_beta1

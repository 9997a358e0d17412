// The relevance of every pixel by recipe `epsilon_plus`: LRP composite: epsilon on fully connected layers, z-plus on
// convolutions. Kohlbrenner et al. 2020 (LRP-CMP, alpha 1); zennit's EpsilonPlus.
// SPDX-License-Identifier: Apache-2.0
#include "techniques/lrp.h"

namespace fovea::techniques::epsilon_plus {
namespace {

Map explain_epsilon_plus(const Question& question) { return lrp_map(question, "epsilon_plus"); }

constexpr Option options[] = {rules::lrp_epsilon_option, lrp_batch_norm_option};

}  // namespace

extern constinit const Technique descriptor{
    .name = "epsilon_plus",
    .sentence = "LRP by layer: epsilon on fully connected layers, z-plus on convolutions.",
    .paper =
        "Kohlbrenner, Bauer, Nakajima, Binder, Samek, Lapuschkin 2020, Towards Best Practice in Explaining Neural "
        "Network Decisions with LRP (arXiv:1910.09840)",
    .details = "zennit's EpsilonPlus: what excited the class, with the class told apart by the fully connected layers.",
    .options = options,
    .presets = rules::lrp_presets,
    .explain = explain_epsilon_plus};

}  // namespace fovea::techniques::epsilon_plus

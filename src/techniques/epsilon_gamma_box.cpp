// The relevance of every pixel by recipe `epsilon_gamma_box`: LRP composite: epsilon on fully connected layers, gamma
// on convolutions, z-box on the first layer. Montavon et al. 2019, section 10.3; zennit's EpsilonGammaBox (gamma 0.25).
// SPDX-License-Identifier: Apache-2.0
#include "techniques/lrp.h"

namespace fovea::techniques::epsilon_gamma_box {
namespace {

Map explain_epsilon_gamma_box(const Question& question) { return lrp_map(question, "epsilon_gamma_box"); }

constexpr Option options[] = {rules::lrp_gamma_option, rules::lrp_low_option, rules::lrp_high_option,
                              rules::lrp_epsilon_option, lrp_batch_norm_option};

}  // namespace

extern constinit const Technique descriptor{
    .name = "epsilon_gamma_box",
    .sentence = "LRP by layer: epsilon on fully connected layers, gamma on convolutions, z-box at the pixels.",
    .paper =
        "Montavon, Binder, Lapuschkin, Samek, Müller 2019, Layer-Wise Relevance Propagation: An Overview, section 10.3",
    .details =
        "zennit's EpsilonGammaBox, the recommendation for VGG-like networks. The pixels' range comes from the card.",
    .options = options,
    .presets = rules::lrp_presets,
    .explain = explain_epsilon_gamma_box};

}  // namespace fovea::techniques::epsilon_gamma_box

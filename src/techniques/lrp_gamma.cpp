// The relevance of every pixel by recipe `lrp_gamma`: LRP-gamma: as LRP-epsilon with weights and biases w + gamma
// max(w, 0). Montavon et al. 2019, table 10.1.
// SPDX-License-Identifier: Apache-2.0
#include "techniques/lrp.h"

namespace fovea::techniques::lrp_gamma {
namespace {

Map explain_lrp_gamma(const Question& question) { return lrp_map(question, "lrp_gamma"); }

constexpr Option options[] = {rules::lrp_gamma_option, rules::lrp_epsilon_option, lrp_batch_norm_option};

}  // namespace

extern constinit const Technique descriptor{
    .name = "lrp_gamma",
    .sentence = "Favours positive contributions by gamma: calmer maps than LRP-epsilon, still with negative evidence.",
    .paper =
        "Montavon, Binder, Lapuschkin, Samek, Müller 2019, Layer-Wise Relevance Propagation: An Overview, section 10.2",
    .details =
        "gamma 0 is LRP-epsilon; a large gamma is z-plus for non-negative inputs. Inputs of both signs are taken "
        "literally: weights w + gamma max(w, 0) on the input as it is.",
    .options = options,
    .presets = rules::lrp_presets,
    .explain = explain_lrp_gamma};

}  // namespace fovea::techniques::lrp_gamma

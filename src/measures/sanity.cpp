// The sanity check: how alike the map stays while the network's layers, from the top down, get random weights. A map of
// what the network learnt cannot stay. Adebayo, Gilmer, Muelly, Goodfellow, Hardt, Kim 2018, section 4.1.
// SPDX-License-Identifier: Apache-2.0
#include "measures/common.h"
#include "score/similarity.h"

namespace fovea::measures::sanity {
namespace {

Measured measure_sanity(const MeasureCall& call) {
  const std::int64_t stages = call.options.integer("stages");
  const auto width = static_cast<int>(call.evidence.size(1));
  const auto height = static_cast<int>(call.evidence.size(0));
  Measured measured;
  measured.curve.push_back(1);
  double similarity = 0;
  double correlation = 0;
  for (std::int64_t stage = 1; stage <= stages; ++stage) {
    const Subject& forgetful = call.randomised(static_cast<double>(stage) / static_cast<double>(stages));
    Tensor map;
    try {
      map = evidence(call.ask(forgetful), width, height);
    } catch (const Error&) {  // random weights may give no numbers at all, or an objective of 0
      return {.values = {not_known, not_known, not_known}, .curve = {}};
    }
    measured.curve.push_back(rank_correlation(map, call.evidence));
    correlation += measured.curve.back() / static_cast<double>(stages);
    similarity += structural_similarity(map, call.evidence) / static_cast<double>(stages);
  }
  measured.values = {correlation, measured.curve.back(), similarity};
  return measured;
}

constexpr Quantity quantities[] = {
    {"sanity", Better::smaller,
     "Rank correlation with the map of a network whose layers forgot what they learnt, mean over the stages of "
     "forgetting."},
    {"sanity_all", Better::smaller, "The same when all layers forgot."},
    {"sanity_ssim", Better::smaller, "Structural similarity of both maps, mean over the stages."}};

constexpr Option options[] = {{"stages", OptionType::integer, "4", "1..1000",
                               "Sets at how many equal steps of forgetting, up to all layers, the map is made again."}};

}  // namespace

extern constinit const Measure descriptor{
    .name = "sanity",
    .sentence = "Tells how much of the map stays when the network forgets what it learnt, layer by layer from the top.",
    .paper = "Adebayo et al. 2018, Sanity Checks for Saliency Maps (arXiv:1810.03292), section 4.1",
    .details =
        "Cascading randomisation: weights become normal numbers of their layer's mean and standard deviation, biases "
        "change places. The same class is asked. A map that stays shows the picture, not what the network learnt: the "
        "row `edges`, which does not look at the network at all, scores 1.",
    .quantities = quantities,
    .options = options,
    .curve_x = "share of the layers with random weights",
    .curve_y = "rank correlation with the map",
    .cost = Cost::runs,
    .asks_again = true,
    .measure = measure_sanity};

}  // namespace fovea::measures::sanity

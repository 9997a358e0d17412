// ROAD, remove and debias: the class's probability after the strongest (or weakest) share of the pixels was made up
// from its neighbours, so that the shape of what was removed does not itself tell the class. Rong, Leemann, Borisov,
// Kasneci, Kasneci 2022, section 4.
// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "measures/common.h"
#include "score/imputation.h"

namespace fovea::measures::road {
namespace {

constexpr std::array shares{0.2, 0.4, 0.6, 0.8};  // of the pixels

Measured measure_road(const MeasureCall& call) {
  require_picture(call, "road");
  const Tensor ranks = ranks_of(call.evidence);
  const double noise = call.options.number("noise");
  const auto pixels = static_cast<double>(ranks.numel());
  const auto count = static_cast<std::int64_t>(shares.size());
  // First the strongest go, then the weakest.
  const std::vector<double> left = values_of(call, followed(call), 2 * count, [&](std::int64_t i) {
    const double share = shares[static_cast<std::size_t>(i % count)];
    const Tensor removed = i < count ? ranks.lt(share * pixels) : ranks.ge((1 - share) * pixels);
    return impute(call.subject.input(), removed.to(at::kByte), noise, call.seed);
  });
  double most = 0;
  double least = 0;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    most += left[i] / static_cast<double>(count);
    least += left[i + shares.size()] / static_cast<double>(count);
  }
  return {.values = {(least - most) / 2, most, least}, .curve = {}};
}

constexpr Quantity quantities[] = {
    {"road", Better::larger,
     "Half of how much more probability stays when the weakest evidence goes than the strongest."},
    {"road_strongest", Better::smaller, "Mean probability of the class after its strongest evidence was made up."},
    {"road_weakest", Better::larger, "Mean probability of the class after its weakest evidence was made up."}};

constexpr Option options[] = {{"noise", OptionType::number, "0.01", "0..10",
                               "Sets the noise on made-up pixels, in standard deviations of the picture."}};

}  // namespace

extern constinit const Measure descriptor{
    .name = "road",
    .sentence = "Makes evidence up from its surroundings and follows what becomes of the class: remove and debias.",
    .paper =
        "Rong et al. 2022, A Consistent and Efficient Evaluation Strategy for Attribution Methods (arXiv:2202.00449)",
    .details =
        "20, 40, 60 and 80 % of the pixels are removed and filled by noisy linear imputation. A random map scores "
        "about "
        "0. The shares and the combination are pytorch-grad-cam's ROADCombined; the paper reports accuracies.",
    .quantities = quantities,
    .options = options,
    .cost = Cost::runs,
    .measure = measure_road};

}  // namespace fovea::measures::road

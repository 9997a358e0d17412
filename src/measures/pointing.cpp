// The pointing game: 1 when the map's maximum lies on the object or within 15 px (at 224) of it.
// Zhang, Lin, Brandt, Shen, Sclaroff 2016, section 4.1.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "measures/common.h"

namespace fovea::measures::pointing {
namespace {

constexpr double small_share = 0.25;  // of the picture

Measured measure_pointing(const MeasureCall& call) {
  const auto width = static_cast<int>(call.mask.size(1));
  const auto height = static_cast<int>(call.mask.size(0));
  const double tolerance = call.options.number("tolerance") * std::min(width, height) / 224.0;
  const double hit = pointing_hit(call.evidence, call.mask, tolerance) ? 1 : 0;
  const bool easy = point_hit(centre_point(width, height), call.mask, tolerance);
  const bool small = call.mask.to(at::kDouble).mean().item<double>() < small_share;
  return {.values = {hit, easy ? not_known : hit, small ? hit : not_known}, .curve = {}};
}

constexpr Quantity quantities[] = {
    {"pointing", Better::larger, "Share of pictures whose strongest evidence lies on the object.", true},
    {"pointing_off_centre", Better::larger, "The same where the picture's centre misses the object."},
    {"pointing_small", Better::larger, "The same where the object covers less than a quarter of the picture."}};

constexpr Option options[] = {{"tolerance", OptionType::number, "15", "0..224",
                               "Sets how far from the object still counts, px of a picture of 224 px."}};

}  // namespace

extern constinit const Measure descriptor{
    .name = "pointing",
    .sentence = "Tells whether the strongest evidence lies on the object: the pointing game.",
    .paper =
        "Zhang, Lin, Brandt, Shen, Sclaroff 2016, Top-down Neural Attention by Excitation Backprop (arXiv:1608.00507), "
        "section 4.1",
    .details =
        "Of equal maxima the first in row order counts, so a constant map points at the top left. Objects tend to lie "
        "in the middle: compare with the row `centre`, or look at the pictures whose centre misses the object.",
    .quantities = quantities,
    .options = options,
    .needs_truth = true,
    .measure = measure_pointing};

}  // namespace fovea::measures::pointing

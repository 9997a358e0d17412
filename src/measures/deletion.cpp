// Deletion: area under the class's probability while pixels in falling order of evidence become grey.
// Petsiuk, Das, Saenko 2018, section 4.2, algorithm 1.
// SPDX-License-Identifier: Apache-2.0
#include "measures/removal.h"

namespace fovea::measures::deletion {
namespace {

Measured measure_deletion(const MeasureCall& call) {
  require_picture(call, "deletion");
  return follow(call, call.subject.input(), empty_picture(call));
}

constexpr Quantity quantities[] = {
    {"deletion", Better::smaller, "Mean probability of the class while its strongest evidence is taken away first."}};

constexpr Option options[] = {
    steps_option,
    {"fill", OptionType::choice, "mean", removal_fills, "Says what a pixel becomes that is taken away."},
    blur_option};

}  // namespace

extern constinit const Measure descriptor{
    .name = "deletion",
    .sentence = "Takes the strongest evidence away first and follows how fast the class is lost.",
    .paper = "Petsiuk, Das, Saenko 2018, RISE (arXiv:1806.07421), section 4.2",
    .details =
        "Scattered single pixels break a network's patterns faster than a solid region does, so maps of pixels score "
        "well here for a reason that has little to do with what the network looked at: read it beside `insertion` and "
        "`road`.",
    .quantities = quantities,
    .options = options,
    .curve_x = "share of the pixels taken away",
    .curve_y = "probability of the class",
    .cost = Cost::runs,
    .measure = measure_deletion};

}  // namespace fovea::measures::deletion

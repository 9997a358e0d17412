// Insertion: area under the class's probability while pixels in falling order of evidence come back into a blurred
// picture. Petsiuk, Das, Saenko 2018, section 4.2.
// SPDX-License-Identifier: Apache-2.0
#include "measures/removal.h"

namespace fovea::measures::insertion {
namespace {

Measured measure_insertion(const MeasureCall& call) {
  require_picture(call, "insertion");
  return follow(call, empty_picture(call), call.subject.input());
}

constexpr Quantity quantities[] = {
    {"insertion", Better::larger, "Mean probability of the class while its strongest evidence is brought back first."}};

constexpr Option options[] = {
    steps_option,
    {"fill", OptionType::choice, "blur", removal_fills, "Says what the picture is before anything is brought back."},
    blur_option};

}  // namespace

extern constinit const Measure descriptor{
    .name = "insertion",
    .sentence = "Brings the strongest evidence back first and follows how fast the class is found.",
    .paper = "Petsiuk, Das, Saenko 2018, RISE (arXiv:1806.07421), section 4.2",
    .details = "The blur is the published one: a Gaussian of 5 px at 224.",
    .quantities = quantities,
    .options = options,
    .curve_x = "share of the pixels brought back",
    .curve_y = "probability of the class",
    .cost = Cost::runs,
    .measure = measure_insertion};

}  // namespace fovea::measures::insertion

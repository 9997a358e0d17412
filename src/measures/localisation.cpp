// Localisation: the box around the largest connected region of evidence above a share of its maximum, held against the
// true boxes by IoU. Zhou, Khosla, Lapedriza, Oliva, Torralba 2016, section 3.2.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "measures/common.h"

namespace fovea::measures::localisation {
namespace {

constexpr double right_from = 0.5;  // IoU of a right answer, as in ILSVRC

Measured measure_localisation(const MeasureCall& call) {
  if (call.boxes.empty()) return {.values = {not_known, not_known}, .curve = {}};
  const bool fine = call.map.drawing == Drawing::signed_rgb || call.sensitivity;
  const double threshold = call.options.number(fine ? "fine_threshold" : "threshold");
  const Box found = localisation_box(call.evidence, threshold);
  double best = 0;
  for (const Box& box : call.boxes) best = std::max(best, iou(found, box));
  return {.values = {best >= right_from ? 1.0 : 0.0, best}, .curve = {}};
}

constexpr Quantity quantities[] = {
    {"localisation", Better::larger, "Share of pictures where the box drawn from the map has an IoU of at least 0.5."},
    {"iou", Better::larger, "Intersection over union of the box drawn from the map and the nearest true box."}};

constexpr Option options[] = {
    {"threshold", OptionType::number, "0.2", "0..0.99",
     "Sets the share of the maximum from which evidence counts, for maps such as CAM's."},
    {"fine_threshold", OptionType::number, "0.15", "0..0.99", "The same for maps of pixels, such as saliency."}};

}  // namespace

extern constinit const Measure descriptor{
    .name = "localisation",
    .sentence = "Draws a box around the evidence and compares it with the object's.",
    .paper =
        "Zhou, Khosla, Lapedriza, Oliva, Torralba 2016, Learning Deep Features for Discriminative Localization "
        "(arXiv:1512.04150), section 3.2",
    .details =
        "The box encloses the largest connected region (8 neighbours). Maps of single pixels fall into many small "
        "regions, which is why this measure says little of them.",
    .quantities = quantities,
    .options = options,
    .needs_truth = true,
    .measure = measure_localisation};

}  // namespace fovea::measures::localisation

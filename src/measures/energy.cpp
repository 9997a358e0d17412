// The energy-based pointing game: sum of the evidence inside the object / sum of all evidence.
// Wang, Wang, Du, Yang, Zhang, Ding, Mardziel, Hu 2020, Score-CAM, section 4.3.
// SPDX-License-Identifier: Apache-2.0
#include "measures/common.h"

namespace fovea::measures::energy {
namespace {

Measured measure_energy(const MeasureCall& call) {
  const double in_boxes = call.boxes.empty() ? not_known : energy_share(call.evidence, call.boxes);
  return {.values = {call.mask_of_boxes ? not_known : energy_share(call.evidence, call.mask), in_boxes}, .curve = {}};
}

constexpr Quantity quantities[] = {{"energy_in_mask", Better::larger, "Share of the evidence on the object's pixels."},
                                   {"energy_in_box", Better::larger, "Share of the evidence inside the object's box."}};

}  // namespace

extern constinit const Measure descriptor{
    .name = "energy",
    .sentence = "Tells how much of the evidence lies on the object.",
    .paper = "Wang et al. 2020, Score-CAM (arXiv:1910.01279), section 4.3",
    .details =
        "Evidence is the positive part of a map that has a sign for or against the "
        "class, and the magnitude of one that "
        "is a rate of change. Evidence spread evenly scores the object's share of "
        "the picture: the row `random`. Pixels "
        "are known for rendered scenes only.",
    .quantities = quantities,
    .needs_truth = true,
    .measure = measure_energy};

}  // namespace fovea::measures::energy

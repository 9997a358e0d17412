// Sparseness: the Gini index of the evidence, 1 - 2 sum_i (e_(i) / sum e) (n - i + 1/2) / n over values in rising
// order. Hurley and Rickard 2009, table II; for maps Chalasani et al. 2020.
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/arange.h>

#include "measures/common.h"

namespace fovea::measures::sparseness {
namespace {

Measured measure_sparseness(const MeasureCall& call) {
  const Tensor sorted = std::get<0>(call.evidence.reshape({-1}).to(at::kDouble).sort());
  const double sum = sorted.sum().item<double>();
  if (sum <= 0) return {.values = {0}, .curve = {}};
  const auto count = static_cast<double>(sorted.numel());
  const Tensor place = at::arange(1, sorted.numel() + 1, sorted.options());
  const double weighted = (sorted * (count - place + 0.5)).sum().item<double>();
  return {.values = {1 - 2 * weighted / (sum * count)}, .curve = {}};
}

constexpr Quantity quantities[] = {
    {"sparseness", Better::neither, "Gini index of the evidence: 0 for an even map, near 1 for a single pixel."}};

}  // namespace

extern constinit const Measure descriptor{
    .name = "sparseness",
    .sentence = "Tells how concentrated the evidence is.",
    .paper = "Hurley, Rickard 2009, Comparing Measures of Sparsity (arXiv:0811.4706), table II",
    .details = "Neither end is better by itself: a map of one wrong pixel is as sparse as it gets.",
    .quantities = quantities,
    .measure = measure_sparseness};

}  // namespace fovea::measures::sparseness

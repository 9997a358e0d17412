// Maximum sensitivity: max over d, |d|_inf <= r, of ||M(x + d) - M(x)|| / ||M(x)||, by sampling.
// Yeh, Hsieh, Suggala, Inouye, Ravikumar 2019, definition 3.1 and section 4.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/random.h"
#include "measures/common.h"

namespace fovea::measures::max_sensitivity {
namespace {

Measured measure_max_sensitivity(const MeasureCall& call) {
  const double size = call.map.values.to(at::kDouble).norm().item<double>();
  if (size <= 0) return {.values = {not_known}, .curve = {}};
  const double radius = call.options.number("radius");
  const std::int64_t samples = call.options.integer("samples");
  const Tensor& input = call.subject.input();
  double largest = 0;
  for (std::int64_t i = 0; i < samples; ++i) {
    const Tensor noise = uniform(input.sizes().vec(), call.seed, static_cast<std::uint64_t>(i)).to(input.options());
    const Subject moved(call.subject.model(), input + (2 * noise - 1) * radius);
    const Tensor map = call.ask(moved).values;
    if (map.sizes() != call.map.values.sizes()) return {.values = {not_known}, .curve = {}};
    largest = std::max(largest, (map - call.map.values).to(at::kDouble).norm().item<double>() / size);
  }
  return {.values = {largest}, .curve = {}};
}

constexpr Quantity quantities[] = {{"max_sensitivity", Better::smaller,
                                    "Largest relative change of the map under changes of the picture unseen by eye."}};

constexpr Option options[] = {{"radius", OptionType::number, "0.02", "0..1000",
                               "Sets how far every value moves at most, in the network's units."},
                              {"samples", OptionType::integer, "10", "1..10000", "Sets how many changes are tried."}};

}  // namespace

extern constinit const Measure descriptor{
    .name = "max_sensitivity",
    .sentence = "Tells how much the map changes when the picture hardly does.",
    .paper = "Yeh et al. 2019, On the (In)fidelity and Sensitivity of Explanations (arXiv:1901.09392), definition 3.1",
    .details =
        "Sampled, so a lower bound of the maximum. A map that ignores the picture is perfectly steady: steadiness "
        "alone is no merit.",
    .quantities = quantities,
    .options = options,
    .cost = Cost::runs,
    .asks_again = true,
    .measure = measure_max_sensitivity};

}  // namespace fovea::measures::max_sensitivity

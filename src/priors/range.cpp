// Pixels are clipped to a range after every step, the last one too: x <- min(max(x, low), high).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/error.h>
#include <fovea/prior.h>

namespace fovea::priors::range {
namespace {

constexpr Option options[] = {
    {.name = "low", .type = OptionType::number, .fallback = "0", .range = "-10..10", .help = "Smallest value."},
    {.name = "high", .type = OptionType::number, .fallback = "1", .range = "-10..10", .help = "Largest value."}};

Tensor project(const PriorCall& call) {
  const double low = call.options.number("low");
  const double high = call.options.number("high");
  if (low > high) {
    throw Error(ErrorKind::usage, "prior 'range' goes from a smaller to a larger value, found " +
                                      call.options.text("low") + " to " + call.options.text("high"));
  }
  return call.image.clamp(low, high);
}

}  // namespace

extern constinit const PriorKind descriptor{
    .name = "range",
    .sentence = "Keeps pixels within what can be shown.",
    .paper = "Mahendran and Vedaldi 2016, Visualizing deep convolutional neural networks using natural pre-images",
    .options = options,
    .projection = project};

}  // namespace fovea::priors::range

// Another size: the sides times a random factor, bilinear with half-pixel centres.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include <fovea/ascent.h>
#include <fovea/error.h>
#include <fovea/transform.h>

namespace fovea::transforms::scale {
namespace {

constexpr Option options[] = {
    {.name = "low", .type = OptionType::number, .fallback = "0.9", .range = "0.01..100", .help = "Smallest factor."},
    {.name = "high", .type = OptionType::number, .fallback = "1.1", .range = "0.01..100", .help = "Largest factor."},
    {.name = "steps",
     .type = OptionType::integer,
     .fallback = "11",
     .range = "0..10000",
     .help = "How many factors there are, evenly spaced (Lucid's 11 are 0.9, 0.92 ... 1.1); 0: any between."}};

Tensor apply_scale(const TransformCall& call) {
  const double low = call.options.number("low");
  const double high = call.options.number("high");
  if (low > high) {
    throw Error(ErrorKind::usage, "transform 'scale' goes from a smaller to a larger factor, found " +
                                      call.options.text("low") + " to " + call.options.text("high"));
  }
  const std::int64_t steps = call.options.integer("steps");
  double share = call.draws.uniform(1)[0];
  if (steps > 1) {
    share = std::min(std::floor(share * static_cast<double>(steps)), static_cast<double>(steps - 1)) /
            static_cast<double>(steps - 1);
  }
  const double factor = low + share * (high - low);
  const auto side = [&](std::int64_t size) {
    return std::max<std::int64_t>(1, std::llround(static_cast<double>(size) * factor));
  };
  return resize_pictures(call.image, side(call.image.size(2)), side(call.image.size(3)));
}

}  // namespace

extern constinit const TransformKind descriptor{
    .name = "scale",
    .sentence = "Makes the picture a little larger or smaller.",
    .paper = "Olah, Mordvintsev and Schubert 2017, Feature Visualization (Distill)",
    .options = options,
    .apply = apply_scale};

}  // namespace fovea::transforms::scale

// A shift by a few pixels: a crop that is smaller by them, at a random place (Lucid), or a circular shift (DeepDream).
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <ATen/ops/roll.h>

#include <fovea/transform.h>

namespace fovea::transforms::jitter {
namespace {

constexpr Option options[] = {
    {.name = "by", .type = OptionType::integer, .fallback = "8", .range = "0..4096", .help = "Largest shift, px."},
    {.name = "mode",
     .type = OptionType::choice,
     .fallback = "crop",
     .range = "crop|roll",
     .help = "A crop at a random place, smaller by the shift; or a circular shift by up to as much either way."}};

std::int64_t below(double draw, std::int64_t count) {
  return std::min(static_cast<std::int64_t>(draw * static_cast<double>(count)), count - 1);
}

Tensor apply_jitter(const TransformCall& call) {
  const std::int64_t by = call.options.integer("by");
  if (by == 0) return call.image;
  const std::vector<double> draws = call.draws.uniform(2);
  if (call.options.text("mode") == "roll") {
    return at::roll(call.image, {below(draws[0], 2 * by + 1) - by, below(draws[1], 2 * by + 1) - by}, {2, 3});
  }
  const std::int64_t down = std::min(by, call.image.size(2) - 1);
  const std::int64_t across = std::min(by, call.image.size(3) - 1);
  return call.image.narrow(2, below(draws[0], down + 1), call.image.size(2) - down)
      .narrow(3, below(draws[1], across + 1), call.image.size(3) - across);
}

}  // namespace

extern constinit const TransformKind descriptor{
    .name = "jitter",
    .sentence = "Shifts the picture by a few pixels.",
    .paper = "Mordvintsev, Olah and Tyka 2015, DeepDream; Olah, Mordvintsev and Schubert 2017, Feature Visualization",
    .options = options,
    .apply = apply_jitter};

}  // namespace fovea::transforms::jitter

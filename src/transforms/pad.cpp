// A border about the picture, so that what lies at its edge may be shifted out of sight and back.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/reflection_pad2d.h>

#include <fovea/transform.h>

namespace fovea::transforms::pad {
namespace {

constexpr Option options[] = {
    {.name = "by",
     .type = OptionType::integer,
     .fallback = "12",
     .range = "0..4096",
     .help = "Width of the border, px."},
    {.name = "mode",
     .type = OptionType::choice,
     .fallback = "constant",
     .range = "constant|reflect",
     .help = "What the border is: one value, or the picture reflected (as far as it reaches)."},
    {.name = "value",
     .type = OptionType::number,
     .fallback = "0.5",
     .range = "0..1",
     .help = "The value of a constant border, display units."}};

Tensor apply_pad(const TransformCall& call) {
  const std::int64_t by = call.options.integer("by");
  if (by == 0) return call.image;
  if (call.options.text("mode") == "constant") {
    return at::constant_pad_nd(call.image, {by, by, by, by}, call.options.number("value"));
  }
  const std::int64_t across = std::min(by, call.image.size(3) - 1);
  const std::int64_t down = std::min(by, call.image.size(2) - 1);
  if (across == 0 && down == 0) return call.image;
  return at::reflection_pad2d(call.image, {across, across, down, down});
}

}  // namespace

extern constinit const TransformKind descriptor{
    .name = "pad",
    .sentence = "Adds a border about the picture.",
    .paper = "Olah, Mordvintsev and Schubert 2017, Feature Visualization (Distill)",
    .options = options,
    .apply = apply_pad};

}  // namespace fovea::transforms::pad

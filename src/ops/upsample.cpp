// Upsampling: every axis grows by a factor; element o lies at o / scale, taken from the element before it or mixed of
// the two around it (ONNX: Upsample, opsets 7 to 9).
// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <optional>

#include <fovea/op.h>

#include "ops/checks.h"
#include "ops/interpolate.h"

namespace fovea::ops::upsample {
namespace {

constexpr std::size_t scales_input = 1;

std::optional<std::vector<double>> scales_of(const Call& call) {
  if (call.attributes().has("scales")) return call.attributes().numbers("scales");
  if (!call.has(scales_input)) return std::nullopt;
  return numbers_of(call.inputs[scales_input]);
}

std::optional<Resampling> resampling_of(const Call& call, const Shape& shape) {
  const auto scales = scales_of(call);
  if (!scales) return std::nullopt;
  if (scales->size() != shape.size()) {
    fail(ErrorKind::shape, call.node,
         std::to_string(scales->size()) + " scales for an input of shape " + spell(shape) + ", expected one per axis");
  }
  Resampling how{.rounding = Rounding::floor, .coordinates = Coordinates::asymmetric, .axes = {}};
  const std::string mode = call.attributes().text("mode", "nearest");
  if (mode == "linear" || mode == "bilinear") {
    how.sampling = Sampling::linear;
  } else if (mode != "nearest") {
    fail(ErrorKind::format, call.node, "mode is '" + mode + "', expected nearest or linear");
  }
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    const double scale = (*scales)[axis];
    if (scale == 1) continue;
    how.axes.push_back({.axis = static_cast<std::int64_t>(axis),
                        .in = shape[axis],
                        .out = scaled(shape[axis], scale),
                        .scale = scale});
    check_extents(call.node, how.axes.back());
  }
  return how;
}

Outputs forward(const Call& call) {
  const auto how = resampling_of(call, call.input(0).sizes().vec());
  if (!how) fail(ErrorKind::format, call.node, "has neither attribute nor input 'scales'");
  return {resample(call.input(0), *how)};
}

constexpr Geometry geometry = resample_geometry<resampling_of>;

}  // namespace

extern constinit const Op descriptor{
    .name = "upsample", .onnx = "Upsample", .kind = Kind::layout, .forward = forward, .geometry = &geometry};

}  // namespace fovea::ops::upsample

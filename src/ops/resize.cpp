// Resizing: every axis is sampled anew at other positions - nearest, linear or cubic, with a choice of how outputs lie
// on the input and of antialiasing (ONNX: Resize, opsets 10 to 19).
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include <fovea/op.h>

#include "ops/checks.h"
#include "ops/interpolate.h"

namespace fovea::ops::resize {
namespace {

constexpr int opset_with_roi = 11;  // in opset 10 the second input is the scales

/// Looks a choice up by its name in the file.
template <class Choice, std::size_t n>
Choice choice_of(const Call& call, std::string_view attribute, std::string_view otherwise,
                 const std::array<std::pair<std::string_view, Choice>, n>& choices) {
  const std::string text = call.attributes().text(attribute, otherwise);
  for (const auto& [name, choice] : choices) {
    if (name == text) return choice;
  }
  fail(ErrorKind::format, call.node,
       "attribute '" + std::string(attribute) + "' is '" + text + "', which is none it has");
}

constexpr std::array samplings{std::pair{std::string_view("nearest"), Sampling::nearest},
                               std::pair{std::string_view("linear"), Sampling::linear},
                               std::pair{std::string_view("cubic"), Sampling::cubic}};
constexpr std::array roundings{std::pair{std::string_view("round_prefer_floor"), Rounding::prefer_floor},
                               std::pair{std::string_view("round_prefer_ceil"), Rounding::prefer_ceil},
                               std::pair{std::string_view("floor"), Rounding::floor},
                               std::pair{std::string_view("ceil"), Rounding::ceil}};
constexpr std::array coordinate_modes{
    std::pair{std::string_view("half_pixel"), Coordinates::half_pixel},
    std::pair{std::string_view("half_pixel_symmetric"), Coordinates::half_pixel_symmetric},
    std::pair{std::string_view("pytorch_half_pixel"), Coordinates::pytorch_half_pixel},
    std::pair{std::string_view("align_corners"), Coordinates::align_corners},
    std::pair{std::string_view("asymmetric"), Coordinates::asymmetric},
    std::pair{std::string_view("tf_half_pixel_for_nn"), Coordinates::tf_half_pixel_for_nn},
    std::pair{std::string_view("tf_crop_and_resize"), Coordinates::tf_crop_and_resize}};

/// Returns the settings that all axes share.
Resampling settings_of(const Call& call) {
  constexpr double default_cubic_a = -0.75;
  Resampling how{.sampling = choice_of(call, "mode", "nearest", samplings), .axes = {}};
  if (call.opset() < opset_with_roi) {
    // Opset 10 knows no modes; runtimes agree on this one, rounding up when they shrink.
    how.coordinates = Coordinates::asymmetric;
    how.rounding = Rounding::simple;
    return how;
  }
  how.rounding = choice_of(call, "nearest_mode", "round_prefer_floor", roundings);
  how.coordinates = choice_of(call, "coordinate_transformation_mode", "half_pixel", coordinate_modes);
  how.cubic_a = call.attributes().number("cubic_coeff_a", default_cubic_a);
  how.exclude_outside = call.attributes().integer("exclude_outside", 0) != 0;
  how.antialias = call.attributes().integer("antialias", 0) != 0;
  how.extrapolation = call.attributes().number("extrapolation_value", 0);
  return how;
}

/// Returns the numbers of an optional input; none when it is absent or empty, as old files say absent.
std::vector<double> optional_numbers(const Call& call, std::size_t i) {
  return call.has(i) ? numbers_of(call.inputs[i]) : std::vector<double>{};
}

/// Applies keep_aspect_ratio_policy: one scale for all axes, the smallest or the largest that the sizes ask for.
void keep_aspect_ratio(const Call& call, std::vector<AxisResize>& axes) {
  const std::string policy = call.attributes().text("keep_aspect_ratio_policy", "stretch");
  if (policy == "stretch" || axes.empty()) return;
  if (policy != "not_larger" && policy != "not_smaller") {
    fail(ErrorKind::format, call.node,
         "keep_aspect_ratio_policy is '" + policy + "', expected stretch, not_larger or not_smaller");
  }
  double scale = axes.front().scale;
  for (const AxisResize& r : axes) scale = policy == "not_larger" ? std::min(scale, r.scale) : std::max(scale, r.scale);
  constexpr double half = 0.5;
  for (AxisResize& r : axes) {
    r.scale = scale;
    r.out = static_cast<std::int64_t>(std::floor(scale * static_cast<double>(r.in) + half));
  }
}

/// Returns the axes that the lists speak of.
std::vector<std::int64_t> axes_of(const Call& call, std::int64_t rank) {
  auto axes = call.attributes().integers("axes");
  if (axes.empty()) {
    for (std::int64_t axis = 0; axis < rank; ++axis) axes.push_back(axis);
  }
  for (std::int64_t& axis : axes) axis = resolve_axis(call.node, axis, rank);
  return axes;
}

/// Resolves everything; nothing when neither scales nor sizes are known.
std::optional<Resampling> resampling_of(const Call& call, const Shape& shape) {
  constexpr std::size_t roi_input = 1, sizes_input = 3;
  const bool old = call.opset() < opset_with_roi;
  const auto scales = optional_numbers(call, old ? 1 : 2);
  const auto sizes = old ? std::vector<double>{} : optional_numbers(call, sizes_input);
  if (scales.empty() && sizes.empty()) return std::nullopt;
  Resampling how = settings_of(call);
  const auto axes = axes_of(call, static_cast<std::int64_t>(shape.size()));
  const bool crops = how.coordinates == Coordinates::tf_crop_and_resize;
  const auto roi = crops ? optional_numbers(call, roi_input) : std::vector<double>{};
  const std::size_t given = sizes.empty() ? scales.size() : sizes.size();
  if (given != axes.size() || (crops && roi.size() != 2 * axes.size())) {
    fail(ErrorKind::shape, call.node,
         std::to_string(given) + " scales or sizes and " + std::to_string(roi.size()) + " numbers of roi for " +
             std::to_string(axes.size()) + " axes of an input of shape " + spell(shape));
  }
  for (std::size_t i = 0; i < axes.size(); ++i) {
    AxisResize r{.axis = axes[i], .in = shape[static_cast<std::size_t>(axes[i])]};
    r.out = sizes.empty() ? scaled(r.in, scales[i]) : static_cast<std::int64_t>(sizes[i]);
    r.scale = sizes.empty() ? scales[i] : sizes[i] / static_cast<double>(r.in);
    if (crops) r.roi_begin = roi[i];
    if (crops) r.roi_end = roi[i + axes.size()];
    check_extents(call.node, r);
    how.axes.push_back(r);
  }
  if (!sizes.empty()) keep_aspect_ratio(call, how.axes);
  std::erase_if(how.axes, [](const AxisResize& r) {
    return r.scale == 1 && r.out == r.in && r.roi_begin == 0 && r.roi_end == 1;
  });
  return how;
}

Outputs forward(const Call& call) {
  const auto how = resampling_of(call, call.input(0).sizes().vec());
  if (!how) fail(ErrorKind::format, call.node, "has neither scales nor sizes");
  return {resample(call.input(0), *how)};
}

constexpr Geometry geometry = resample_geometry<resampling_of>;

}  // namespace

extern constinit const Op descriptor{
    .name = "resize", .onnx = "Resize", .kind = Kind::layout, .forward = forward, .geometry = &geometry};

}  // namespace fovea::ops::resize

// Interpolation along axes: which elements of an axis each element of the resized axis is mixed from, and with which
// weights, for every mode of ONNX's Resize (nearest, linear, cubic; Keys, IEEE ASSP 29(6), 1981) and of Upsample.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <ATen/ops/tensor.h>
#include <ATen/ops/upsample_bilinear2d.h>
#include <ATen/ops/upsample_nearest2d.h>
#include <fovea/op.h>

#include "core/region.h"
#include "ops/checks.h"
#include "ops/precision.h"
#include "ops/window.h"

namespace fovea::ops {

enum class Sampling { nearest, linear, cubic };
enum class Rounding { prefer_floor, prefer_ceil, floor, ceil, simple };
enum class Coordinates {
  half_pixel,
  half_pixel_symmetric,
  pytorch_half_pixel,
  align_corners,
  asymmetric,
  tf_half_pixel_for_nn,
  tf_crop_and_resize,
};

/// Reads a small tensor of numbers (scales, sizes, a region of interest).
inline std::vector<double> numbers_of(const Tensor& x) {
  const Tensor flat = x.detach().to(at::kCPU, at::kDouble).contiguous().flatten();
  return {flat.data_ptr<double>(), flat.data_ptr<double>() + flat.numel()};
}

/// Returns floor(extent * scale), in float like the scales themselves: 10 * 0.7f is 7, not 6.
inline std::int64_t scaled(std::int64_t extent, double scale) {
  return static_cast<std::int64_t>(std::floor(static_cast<float>(extent) * static_cast<float>(scale)));
}

/// How one axis is resized.
struct AxisResize {
  std::int64_t axis = 0;
  std::int64_t in = 0;   ///< extent before
  std::int64_t out = 0;  ///< extent after
  double scale = 1;      ///< as the file gives it, or out / in
  double roi_begin = 0;  ///< the part that tf_crop_and_resize cuts out, as shares of the axis
  double roi_end = 1;
};

/// Throws `Error(shape)` when there is nothing to sample from or nothing would be left.
inline void check_extents(const Node& node, const AxisResize& r) {
  if (r.in >= 1 && r.out >= 1 && r.scale > 0) return;
  fail(ErrorKind::shape, node,
       "axis " + std::to_string(r.axis) + " of " + std::to_string(r.in) + " elements cannot become " +
           std::to_string(r.out));
}

/// What all axes of one resize share.
struct Resampling {
  Sampling sampling = Sampling::nearest;
  Rounding rounding = Rounding::prefer_floor;
  Coordinates coordinates = Coordinates::half_pixel;
  double cubic_a = -0.75;
  bool exclude_outside = false;
  bool antialias = false;
  double extrapolation = 0;
  std::vector<AxisResize> axes;  ///< those that change
};

/// The elements that each output of an axis is mixed from: `source[t][o]` with weight `weight[t][o]`, for taps t.
struct Taps {
  std::vector<std::vector<std::int64_t>> source;
  std::vector<std::vector<double>> weight;
  std::vector<bool> outside;  ///< outputs that take the extrapolation value instead
};

/// Returns where output `o` lies on the axis before.
inline double original_coordinate(const AxisResize& r, Coordinates coordinates, std::int64_t o) {
  const auto x = static_cast<double>(o);
  const auto in = static_cast<double>(r.in);
  const double length = r.scale * in;  // not rounded: what ONNX's own reference and test data go by
  constexpr double half = 0.5;
  switch (coordinates) {
    case Coordinates::half_pixel: return (x + half) / r.scale - half;
    case Coordinates::half_pixel_symmetric:
      return in / 2 * (1 - static_cast<double>(r.out) / length) + (x + half) / r.scale - half;
    case Coordinates::pytorch_half_pixel: return r.out > 1 ? (x + half) / r.scale - half : 0;
    case Coordinates::align_corners: return r.out > 1 ? x * (in - 1) / (length - 1) : 0;
    case Coordinates::asymmetric: return x / r.scale;
    case Coordinates::tf_half_pixel_for_nn: return (x + half) / r.scale;
    case Coordinates::tf_crop_and_resize: break;
  }
  if (r.out <= 1) return half * (r.roi_begin + r.roi_end) * (in - 1);
  return r.roi_begin * (in - 1) + x * (r.roi_end - r.roi_begin) * (in - 1) / (length - 1);
}

/// Rounds a coordinate to an element.
inline std::int64_t round_coordinate(double x, Rounding rounding, double scale) {
  constexpr double half = 0.5;
  switch (rounding) {
    case Rounding::prefer_floor: return static_cast<std::int64_t>(std::ceil(x - half));
    case Rounding::prefer_ceil: return static_cast<std::int64_t>(std::floor(x + half));
    case Rounding::floor: return static_cast<std::int64_t>(std::floor(x));
    case Rounding::ceil: return static_cast<std::int64_t>(std::ceil(x));
    case Rounding::simple: break;
  }
  return static_cast<std::int64_t>(scale < 1 ? std::ceil(x) : std::floor(x));
}

/// Returns the interpolation kernel at a distance from its centre.
inline double kernel_at(Sampling sampling, double distance, double a) {
  const double d = std::abs(distance);
  if (sampling == Sampling::linear) return std::max(1 - d, 0.0);
  if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}

/// Fills in the taps of output `o` at coordinate `x`; weights sum to 1.
inline void fill_taps(Taps& taps, const AxisResize& r, const Resampling& how, double stretch, std::int64_t first,
                      double x, std::size_t o) {
  const auto base = static_cast<std::int64_t>(std::floor(x));
  double sum = 0;
  for (std::size_t t = 0; t < taps.source.size(); ++t) {
    const std::int64_t i = base + first + static_cast<std::int64_t>(t);
    const bool inside = i >= 0 && i < r.in;
    const double weight = kernel_at(how.sampling, (static_cast<double>(i) - x) * stretch, how.cubic_a);
    taps.source[t][o] = std::clamp<std::int64_t>(i, 0, r.in - 1);
    taps.weight[t][o] = inside || !how.exclude_outside ? weight : 0;
    sum += taps.weight[t][o];
  }
  const double none = 1.0 / static_cast<double>(taps.weight.size());  // all outside and excluded: the border's mean
  for (auto& weights : taps.weight) weights[o] = sum == 0 ? none : weights[o] / sum;
}

/// Computes the taps of one axis.
inline Taps taps_of(const AxisResize& r, const Resampling& how) {
  const double stretch = how.antialias ? std::min(r.scale, 1.0) : 1.0;
  const double radius = how.sampling == Sampling::cubic ? 2 : 1;
  const std::int64_t first = static_cast<std::int64_t>(std::floor(-radius / stretch)) + 1;
  const auto outputs = static_cast<std::size_t>(r.out);
  const auto count = how.sampling == Sampling::nearest ? 1 : static_cast<std::size_t>(2 - 2 * first);
  Taps taps{.source = std::vector(count, std::vector<std::int64_t>(outputs, 0)),
            .weight = std::vector(count, std::vector<double>(outputs, 1)),
            .outside = std::vector<bool>(outputs, false)};
  for (std::size_t o = 0; o < outputs; ++o) {
    const double x = original_coordinate(r, how.coordinates, static_cast<std::int64_t>(o));
    taps.outside[o] =
        how.coordinates == Coordinates::tf_crop_and_resize && (x < 0 || x > static_cast<double>(r.in - 1));
    if (how.sampling == Sampling::nearest) {
      taps.source[0][o] = std::clamp<std::int64_t>(round_coordinate(x, how.rounding, r.scale), 0, r.in - 1);
    } else {
      fill_taps(taps, r, how, stretch, first, x, o);
    }
  }
  return taps;
}

/// Mixes an axis by its taps.
inline Tensor apply_taps(const Tensor& x, std::int64_t axis, const Taps& taps, bool weighted) {
  const at::TensorOptions places = at::TensorOptions(at::kLong).device(x.device());
  Shape along(static_cast<std::size_t>(x.dim()), 1);
  along[static_cast<std::size_t>(axis)] = -1;
  Tensor sum;
  for (std::size_t t = 0; t < taps.source.size(); ++t) {
    Tensor part = x.index_select(axis, at::tensor(taps.source[t], places));
    if (weighted) part = part * at::tensor(taps.weight[t], at::kDouble).to(x.options()).reshape(along);
    sum = sum.defined() ? sum + part : part;
  }
  return sum;
}

/// Puts the extrapolation value where an axis's outputs lie outside the input.
inline Tensor extrapolate(const Tensor& y, std::int64_t axis, const Taps& taps, double value) {
  if (std::find(taps.outside.begin(), taps.outside.end(), true) == taps.outside.end()) return y;
  std::vector<std::int64_t> flags(taps.outside.begin(), taps.outside.end());
  Shape along(static_cast<std::size_t>(y.dim()), 1);
  along[static_cast<std::size_t>(axis)] = -1;
  return y.masked_fill(at::tensor(flags, at::TensorOptions(at::kLong).device(y.device())).ne(0).reshape(along), value);
}

/// Returns the extents of a tensor after resizing.
inline Shape resized_shape(Shape shape, const Resampling& how) {
  for (const AxisResize& r : how.axes) shape[static_cast<std::size_t>(r.axis)] = r.out;
  return shape;
}

/// Tells whether only the two spatial axes of pictures [N,C,H,W] change.
inline bool resizes_pictures(const Tensor& x, const Resampling& how) {
  const bool spatial = std::all_of(how.axes.begin(), how.axes.end(), [](const AxisResize& r) { return r.axis >= 2; });
  return x.dim() == 4 && spatial && x.is_floating_point() && !how.axes.empty();
}

/// Tells whether nearest sampling repeats every element a whole number of times, which libtorch does exactly.
inline bool repeats_elements(const Resampling& how) {
  constexpr std::int64_t most_repeats = 8;  // libtorch computes indices in float; these are checked to be exact
  if (how.sampling != Sampling::nearest || how.coordinates == Coordinates::tf_crop_and_resize) return false;
  for (const AxisResize& r : how.axes) {
    const std::int64_t repeats = r.out / r.in;
    if (r.out % r.in != 0 || repeats > most_repeats) return false;
    const Taps taps = taps_of(r, how);
    for (std::int64_t o = 0; o < r.out; ++o) {
      if (taps.source[0][static_cast<std::size_t>(o)] != o / repeats) return false;
    }
  }
  return true;
}

/// Tells whether libtorch's bilinear kernel computes the same.
inline bool libtorch_interpolates(const Resampling& how) {
  if (how.sampling != Sampling::linear || how.antialias || how.exclude_outside) return false;
  for (const AxisResize& r : how.axes) {
    const bool halves =
        how.coordinates == Coordinates::half_pixel || (how.coordinates == Coordinates::pytorch_half_pixel && r.out > 1);
    const bool corners = how.coordinates == Coordinates::align_corners &&
                         r.scale * static_cast<double>(r.in) == static_cast<double>(r.out);
    if (!halves && !corners) return false;
  }
  return true;
}

/// Resizes by libtorch's own kernels for pictures.
inline Tensor resize_pictures(const Tensor& x, const Resampling& how) {
  const Shape shape = resized_shape(x.sizes().vec(), how);
  const std::vector<std::int64_t> size{shape[2], shape[3]};
  if (how.sampling == Sampling::nearest) return at::upsample_nearest2d(x, size);
  c10::optional<double> scales[2] = {1.0, 1.0};
  for (const AxisResize& r : how.axes) scales[r.axis - 2] = r.scale;
  const bool corners = how.coordinates == Coordinates::align_corners;
  return at::upsample_bilinear2d(x, size, corners, scales[0], scales[1]);
}

/// Resizes a tensor. Integers are interpolated in floating point and cut back.
inline Tensor resample(const Tensor& input, const Resampling& how) {
  const bool weighted = how.sampling != Sampling::nearest;
  const Tensor x = weighted || input.is_floating_point() ? input.to(real_type(input)) : input;
  if (resizes_pictures(x, how) && (repeats_elements(how) || libtorch_interpolates(how))) {
    return resize_pictures(x, how).to(input.scalar_type());
  }
  Tensor y = x;
  for (const AxisResize& r : how.axes) y = apply_taps(y, r.axis, taps_of(r, how), weighted);
  if (how.coordinates == Coordinates::tf_crop_and_resize) {
    for (const AxisResize& r : how.axes) y = extrapolate(y, r.axis, taps_of(r, how), how.extrapolation);
  }
  return y.to(input.scalar_type());
}

/// Returns the outputs that a part of the input is mixed into.
inline Region resample_affected(const Resampling& how, const Region& of_input) {
  return map_extents(of_input, [&](std::size_t k, Extent in) {
    for (const AxisResize& r : how.axes) {
      if (r.axis != static_cast<std::int64_t>(first_spatial_axis + k)) continue;
      Extent hull{std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()};
      for (const auto& source : taps_of(r, how).source) {
        for (std::int64_t o = 0; o < r.out; ++o) {
          const std::int64_t i = source[static_cast<std::size_t>(o)];
          if (i >= in.begin && i < in.end) hull = {std::min(hull.begin, o), std::max(hull.end, o + 1)};
        }
      }
      return hull;
    }
    return in;
  });
}

/// Returns the part of the input that outputs are mixed from.
inline Region resample_needed(const Resampling& how, const Region& of_output) {
  return map_extents(of_output, [&](std::size_t k, Extent out) {
    for (const AxisResize& r : how.axes) {
      if (r.axis != static_cast<std::int64_t>(first_spatial_axis + k)) continue;
      Extent hull{std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()};
      for (const auto& source : taps_of(r, how).source) {
        for (std::int64_t o = std::max<std::int64_t>(out.begin, 0); o < std::min(out.end, r.out); ++o) {
          const std::int64_t i = source[static_cast<std::size_t>(o)];
          hull = {std::min(hull.begin, i), std::max(hull.end, i + 1)};
        }
      }
      return hull;
    }
    return out;
  });
}

/// The geometry of an op whose first input is resampled as `resolve(call, shape)` says, where it can tell.
template <std::optional<Resampling> (*resolve)(const Call&, const Shape&)>
inline constexpr Geometry resample_geometry{
    .affected =
        [](const Placed& placed, std::size_t i, const Region& of_input) {
          const auto how = resolve(Call{placed.node, placed.inputs}, placed.input_shapes[0]);
          return i == 0 && how ? resample_affected(*how, of_input) : whole_geometry.affected(placed, i, of_input);
        },
    .needed =
        [](const Placed& placed, std::size_t i, const Region& of_output) {
          const auto how = resolve(Call{placed.node, placed.inputs}, placed.input_shapes[0]);
          return i == 0 && how ? resample_needed(*how, of_output) : whole_geometry.needed(placed, i, of_output);
        }};

}  // namespace fovea::ops

// Drawing a technique's map: heat or diverging colours over what the network saw, or a picture about mid-grey.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/error.h>
#include <fovea/technique.h>

namespace fovea {
namespace {

/// Reduces [C,h,w] to [h,w] for a map that has no colours: the sum keeps the sign.
Tensor flatten_channels(const Tensor& values) { return values.dim() == 3 ? values.sum(0) : values; }

Tensor clamp_unit(const Tensor& map) { return map.clamp(0, 1); }

/// Cuts off the few strongest pixels of a map as fine as the picture, whose spikes would leave all else dark.
Tensor without_spikes(const Tensor& map) {
  constexpr std::int64_t fine = 64 * 64;
  constexpr double kept = 0.995;
  if (map.numel() < fine) return map;
  const auto rank = static_cast<std::int64_t>(kept * static_cast<double>(map.numel()));
  const Tensor bound = std::get<0>(map.flatten().kthvalue(rank));
  return bound.item<float>() > 0 ? map.clamp_max(bound) : map;
}

}  // namespace

Image draw(const Map& map, const Image& seen) {
  if (map.values.dim() < 2) {
    throw Error(ErrorKind::usage, "a map read at '" + map.at + "' has no positions, so it cannot be drawn",
                "write it as .npy");
  }
  if (map.drawing == Drawing::signed_rgb) {
    return signed_picture(map.channels == "BGR" ? map.values.flip(0) : map.values);
  }
  const Tensor flat = flatten_channels(map.values);
  // Scaled where it was read: upsampling first would hide the true maximum.
  if (map.drawing == Drawing::heat) {
    return overlay(seen, clamp_unit(resize_map(scale_unsigned(without_spikes(flat)), seen.width, seen.height)),
                   "inferno");
  }
  return overlay(seen, clamp_unit(resize_map(scale_signed(flat, 100), seen.width, seen.height)), "diverging");
}

}  // namespace fovea

// Graded changes that a picture meets in the world (Kurakin, Goodfellow and Bengio 2016, section 4): what of an attack
// outlives being moved, turned, blurred, lit, photographed in bad light, or stored as JPEG.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include <fovea/image.h>

namespace fovea {

/// How many amounts each change has.
inline constexpr std::size_t grades = 5;

/// One kind of change with amounts from mild to strong.
struct Disturbance {
  std::string_view name;  ///< "shift"
  std::string_view unit;  ///< "px"
  std::array<double, grades> amounts;
  /// Changes a picture; the seed matters to what is random.
  Image (*apply)(const Image& picture, double amount, std::uint64_t seed);
};

/// Returns them all: shift, scale, rotate, blur, brightness, noise, jpeg. What comes from beyond the frame is its edge.
std::span<const Disturbance> disturbances();

}  // namespace fovea

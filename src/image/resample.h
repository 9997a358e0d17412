// Resampling of 8-bit RGB and of maps, on plain memory.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include <fovea/image.h>

namespace fovea {

/// RGB pixels of 8 bits, rows `stride` bytes apart: a picture, or a box of one.
struct Pixels {
  const std::uint8_t* rgb;
  std::ptrdiff_t stride;
  int width;
  int height;
};

/// Writes pixels resampled to `width` x `height`, all sides at least 1, to `to`, rows close together.
void resample(const Pixels& from, Interpolation interpolation, int width, int height, std::uint8_t* to);

/// Writes a map [h,w] resampled linearly to [height,width], all sides at least 1, to `to`.
void resample(const float* from, int w, int h, int width, int height, float* to);
void resample(const double* from, int w, int h, int width, int height, double* to);

}  // namespace fovea

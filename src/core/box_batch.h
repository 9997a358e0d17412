// Batches of boxes cut out of one value, all of one size, one per picture.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <fovea/tensor.h>

#include "core/region.h"

namespace fovea {

/// Where a box lies: its first row and column.
struct Place {
  std::int64_t y = 0;
  std::int64_t x = 0;
  bool operator==(const Place&) const = default;
};

/// How large a box is.
struct BoxSize {
  std::int64_t height = 0;
  std::int64_t width = 0;
};

/// The changed boxes of one value [1,C,H,W]: all of one size, one per picture.
struct Boxes {
  Tensor values;  ///< [B,C,h,w]
  std::vector<Place> places;
};

/// Copies a box of `source` [1 or B,C,H,W] that may reach beyond its borders (those elements stay) to row `b` of
/// `target` [B,C,h,w]. Both may be channels_last, when rows are copied whole.
void copy_box(const Tensor& target, std::int64_t b, const Place& to, const Tensor& source, std::int64_t source_row,
              const Place& from, const BoxSize& size);

/// Returns a tensor as boxes are kept: contiguous, floats [N,C,H,W] in channels_last.
Tensor packed(const Tensor& tensor);

/// Returns boxes of a value [1,C,H,W] around places that may lie partly outside, where `border` stands; what changed
/// lies over what was.
Tensor gather(const Tensor& base, const Boxes* changed, const std::vector<Place>& places, const BoxSize& size,
              double border);

/// Returns the region that a box covers.
Region box_region(const Place& place, const BoxSize& size);

}  // namespace fovea

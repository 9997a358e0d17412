// Pictures as vectors: coordinates of a picture's difference from the mean colour, within a box of the picture, of all
// its pixels or of its low frequencies only.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <fovea/tensor.h>

namespace fovea::make {

/// A box of pixels.
struct Box {
  std::int64_t y = 0;
  std::int64_t x = 0;
  std::int64_t height = 0;
  std::int64_t width = 0;
};

/// An orthonormal basis of pictures: |coordinates| is the length of the difference from the mean colour, display units.
class PictureSpace {
 public:
  /// What the space is of.
  struct Plan {
    std::int64_t height = 0;  ///< of the picture, px
    std::int64_t width = 0;
    Box box = {};                  ///< outside of it the picture is the mean colour
    std::int64_t frequencies = 0;  ///< cosines per axis and colour (DCT-II, from the constant up); 0: every pixel
    bool grey = false;  ///< one coordinate stands for all three colours; a picture's length is that of its grey
    Tensor mean = {};   ///< display units [1,3,1,1]
  };

  explicit PictureSpace(const Plan& plan);

  /// Returns the number of coordinates, n.
  std::int64_t dimensions() const { return channels_ * rows() * columns(); }
  /// Returns the number of pixel values that are free: the box's pixels times its colours.
  std::int64_t values() const { return channels_ * plan_.box.height * plan_.box.width; }
  /// Makes pictures [N,3,H,W] of coordinates [N,n]; differentiable, of their type and device.
  Tensor pictures(const Tensor& coordinates) const;
  /// Makes the differences from the mean colour alone, [N,3,box height,box width].
  Tensor patterns(const Tensor& coordinates) const;
  /// Returns the coordinates [N,n], float64, of what the space holds of pictures [N,3,H,W].
  Tensor coordinates(const Tensor& pictures) const;
  /// Draws noise [N,n], float64, whose amplitude falls with the frequency as that of photographs does (1/f; Field
  /// 1987).
  Tensor noise(std::int64_t count, std::uint64_t seed) const;
  const Plan& plan() const { return plan_; }

 private:
  std::int64_t rows() const { return vertical_.defined() ? vertical_.size(0) : plan_.box.height; }
  std::int64_t columns() const { return horizontal_.defined() ? horizontal_.size(0) : plan_.box.width; }

  Plan plan_;
  std::int64_t channels_;
  Tensor vertical_;  ///< [rows,box height], orthonormal rows; undefined: every pixel
  Tensor horizontal_;
};

}  // namespace fovea::make

// Measures of a map against a known answer: does it point at the object, and how much of it lies there.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <span>

#include <fovea/api.h>
#include <fovea/data.h>
#include <fovea/technique.h>
#include <fovea/tensor.h>

namespace FOVEA_API fovea {

// Every measure takes a map [H,W] (any numbers) and marks [H,W] (uint8 or bool, not 0: marked) of the same size; all
// throw `Error(shape)` for other shapes and `Error(usage)` for a map that holds NaN or infinity.

/// Turns a technique's answer into evidence per pixel of the picture: float32 [height,width], never negative. Channels
/// are reduced by what the map means: `signed_rgb` by the maximum of absolute values (Simonyan et al. 2013,
/// section 3.1: its sign says only whether a pixel should be brighter or darker), `heat` and `signed_heat` by their
/// sum, of which the positive part is kept (what speaks against the class is no evidence of where it is). Then it is
/// resized bilinearly.
Tensor evidence(const Map& map, int width, int height);

/// A pixel.
struct Point {
  int x = 0;
  int y = 0;
  bool operator==(const Point&) const = default;
};

/// Returns where a map is largest; of equal ones the first in row order (so a constant map points at the top left).
Point strongest_point(const Tensor& map);
/// Returns the pixel in the middle of a picture (right and below of it where a side is even): the pointing game's
/// baseline that looks at nothing.
Point centre_point(int width, int height);
/// Draws a pixel, uniform over the picture, keyed by (seed, stream): the baseline that knows nothing.
Point random_point(int width, int height, std::uint64_t seed, std::uint64_t stream);

/// Marks the pixels whose centre lies in a box (for a box thinner than that: the one pixel that holds the box's
/// centre), uint8 [height,width].
Tensor mask_of(std::span<const Box> boxes, int width, int height);

/// Returns the pointing game's tolerance in px for a picture whose shorter side is `size`: 15 px at 224 (Zhang et al.
/// 2016, Top-down Neural Attention by Excitation Backprop).
double pointing_tolerance(int size);

/// Tells whether a point lies on the mask or within `tolerance_px` (Euclidean, between centres of pixels) of it. Throws
/// `Error(usage)` for a mask that marks nothing: a miss would blame the map for it.
bool point_hit(Point point, const Tensor& mask, double tolerance_px);
/// Tells whether the map's strongest point hits the mask.
bool pointing_hit(const Tensor& map, const Tensor& mask, double tolerance_px);
/// Tells whether the map's strongest point hits one of the boxes (as `mask_of` marks them).
bool pointing_hit(const Tensor& map, std::span<const Box> boxes, double tolerance_px);

/// The pointing game's score: hits are counted per class, so that a frequent class does not outweigh the others.
class PointingScore {
 public:
  /// Counts of one class.
  struct Count {
    std::int64_t hits = 0;
    std::int64_t total = 0;
  };

  /// Counts one picture of a class.
  void add(std::int64_t label, bool hit);
  /// Returns the mean over the classes of hits / total. Throws `Error(usage)` when nothing was counted.
  double mean() const;
  /// Returns the counts, by class.
  const std::map<std::int64_t, Count>& classes() const { return classes_; }

 private:
  std::map<std::int64_t, Count> classes_;
};

/// Returns the share of the map's positive mass that lies on the mask (Wang et al. 2020, Score-CAM); 0 for a map
/// without positive values.
double energy_share(const Tensor& map, const Tensor& mask);
/// Returns the same for boxes (as `mask_of` marks them).
double energy_share(const Tensor& map, std::span<const Box> boxes);
/// Returns how much of a map lies on something planted beside the object, such as a class's usual context: the lower
/// the better. It is `energy_share` of the plant's mask.
double share_on(const Tensor& map, const Tensor& planted);

/// Returns the box around the largest connected region (8 neighbours; of equal areas the first in row order) of the
/// pixels above `threshold` times the maximum: 0.2 in CAM's paper (Zhou et al. 2016, section 3.2), 0.15 is usual for
/// saliency. Returns an empty box for a map without positive values; throws `Error(usage)` unless 0 <= threshold < 1.
Box localisation_box(const Tensor& map, double threshold);

/// Returns the area that two boxes share over the area that they cover; 0 when neither has any. A localisation counts
/// as right from 0.5 on.
double iou(const Box& a, const Box& b);

}  // namespace fovea

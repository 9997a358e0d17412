// Pictures of the network itself: what a layer's channels do on a picture, and which part of it the units can see.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fovea/api.h>
#include <fovea/figure.h>
#include <fovea/image.h>
#include <fovea/inspect.h>
#include <fovea/tensor.h>
#include <fovea/trace.h>

namespace FOVEA_API fovea {

// --- activations ---

/// What one channel does on one picture.
struct ChannelFigures {
  double maximum = 0;
  double minimum = 0;
  double total = 0;                    ///< sum over positions
  std::array<std::int64_t, 2> peak{};  ///< row and column of the maximum, the first in row order
  double zeros = 0;                    ///< share of positions that are exactly 0
  bool dead = false;                   ///< all zero on this picture
};

/// What a value's channels do on one picture, and what is to be said of it.
struct ActivationReport {
  Shape shape;  ///< [C,h,w], or [C] for a value without positions
  std::vector<ChannelFigures> channels;
  double minimum = 0;
  double maximum = 0;
  double zeros = 0;     ///< share of all numbers that are exactly 0
  double negative = 0;  ///< share of all numbers below 0
  std::vector<std::int64_t> dead;
  std::vector<std::string> verdict;  ///< sentences: strongest channels, dead ones, share of zeros

  bool is_signed() const { return negative > 0; }
  bool has_positions() const { return shape.size() == 3; }
};

/// In which order channels are drawn.
enum class ChannelOrder {
  strength,  ///< by their maximum, the largest first; by number where equal
  number,
};

/// Examines a value of one picture: [C,h,w] or [1,C,h,w], or without positions [C], [1,C] or [1,C,1,1]. `names`, one
/// per channel or none, appear in the verdict. Throws `Error(shape)` for other shapes, `Error(format)` for numbers that
/// are not finite.
ActivationReport inspect_activations(const Tensor& value, const std::vector<std::string>& names = {});

/// Returns the channels' numbers in an order.
std::vector<std::int64_t> ordered_channels(const ActivationReport& report, ChannelOrder order);

/// Lays a map [h,w] of a value over its input [height,width]: every px takes the map bilinearly at the place whose
/// receptive field is centred on it, so that pads and strides do not shift it; beyond the outermost units' centres it
/// takes theirs. Where all units share one field, or without one, the map is stretched.
Tensor lay_over(const Tensor& map, const std::optional<ReceptiveField>& field, int width, int height);

/// Choices of a picture of activations.
struct ActivationPicture {
  std::string title;
  ChannelOrder order = ChannelOrder::strength;
  bool common_scale = false;            ///< all maps on one scale, so that strengths compare; else each on its own
  std::int64_t most = 64;               ///< maps drawn; a remark says how many are left out
  const Image* over = nullptr;          ///< what the network saw: each map is laid over it
  std::optional<ReceptiveField> field;  ///< of the value: where its units lie on that picture
  std::vector<std::string> names;       ///< of the channels, or none
};

/// Draws a value's maps in a labelled grid (channel number and maximum under each), below it the total of every
/// channel as bars with the strongest named, and the verdict. Values that are nowhere negative are drawn in inferno's
/// colours from 0, others in blue and red about 0. A value without positions is drawn as bars only.
Figure draw_activations(const Tensor& value, const ActivationReport& report, const ActivationPicture& picture = {});

/// Draws one channel large: laid over the picture, with the receptive field of its strongest unit, if it has one, as a
/// box (`box`, of the input), and alone. Throws `Error(usage)` for a channel that the value lacks, or a value without
/// positions.
Figure draw_activation(const Tensor& value, const ActivationReport& report, std::int64_t channel,
                       const ActivationPicture& picture, const Region& box = {.empty = true, .extents = {}});

// --- receptive fields ---

/// One unit's receptive field on the input.
struct UnitField {
  ValueId id = no_value;
  std::string value;     ///< name of the node that produces it
  Shape shape;           ///< of the value, for a batch of 1
  ReceptiveField field;  ///< of the value's units
  std::array<std::int64_t, 2> unit{};
  Region box;                           ///< of the input, cut off at its borders
  std::array<double, 2> centre{};       ///< px, row first
  std::array<std::int64_t, 2> input{};  ///< the input's height and width

  /// Returns the box as it would be on an endless input: rows, then columns.
  std::array<Extent, 2> endless() const;
  /// Returns the share of the input that the unit sees.
  double share() const;
};

/// Computes the field of unit (y, x); negative numbers mean the middle. Throws `Error(usage)` when the value has no
/// positions, does not depend on the input or has no such unit.
UnitField unit_field(const Trace& trace, ValueId value, std::int64_t y = -1, std::int64_t x = -1);

/// Returns the middle units' fields of the values that every path to the class scores goes through, in depth order:
/// each one whose field is another than that of the one before, as far as values have positions.
std::vector<UnitField> field_growth(const Trace& trace);

/// What a unit really looks at within its field.
struct EffectiveField {
  Tensor map;          ///< [H,W]: mean |gradient| of the unit, summed over its channels and the input's, at every px
  double side = 0;     ///< px: root of the area where the map is above `of_peak` of its maximum
  double of_peak = 0;  ///< that share
  std::int64_t inputs = 0;  ///< how many the mean is over
};

/// Computes the effective receptive field (Luo, Li, Urtasun, Zemel 2016, "Understanding the effective receptive field
/// in deep convolutional neural networks", section 2): the unit's gradient, averaged in magnitude over `count` inputs
/// [1,C,H,W], which `input(i)` gives one after the other.
EffectiveField effective_field(const Graph& graph, const UnitField& unit, std::int64_t count,
                               const std::function<Tensor(std::int64_t)>& input);

/// Draws a unit's field as a box on what the network sees, its neighbours' faintly, with its figures in words.
Figure draw_field(const Image& seen, const UnitField& unit, std::string_view title,
                  const EffectiveField* effective = nullptr);

/// Draws how the field grows: the middle units' boxes nested on what the network sees, and their sides as bars, one row
/// per value.
Figure draw_field_growth(const Image& seen, const std::vector<UnitField>& growth, std::string_view title);

}  // namespace fovea

// Measures: each says, in numbers, how far one map of one picture can be believed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <fovea/api.h>
#include <fovea/data.h>
#include <fovea/options.h>
#include <fovea/technique.h>

namespace FOVEA_API fovea {

/// Which way a number is good.
enum class Better { larger, smaller, neither };

/// One number of a measure: a column of the table.
struct Quantity {
  std::string_view name;
  Better better = Better::larger;
  std::string_view sentence;       ///< what it is, third person
  bool averaged_by_class = false;  ///< over a data set: the mean of the classes' means, else of the pictures
};

/// What a measure sees of one map.
struct MeasureCall {
  const Subject& subject;      ///< the picture, and its run
  const Objective& objective;  ///< pinned: what the map answers
  const Map& map;
  bool sensitivity = false;    ///< as `Technique::sensitivity`
  const Tensor& evidence;      ///< `evidence(map, W, H)`, float32 [H,W] of the picture's size
  const Tensor& mask;          ///< uint8 [H,W] of the asked object; undefined: not known
  std::span<const Box> boxes;  ///< around each of its instances, px of what the network sees; empty: not known
  bool mask_of_boxes = false;  ///< the mask is but the boxes, filled
  /// Asks the same question about another picture (same network) or about another network (same picture).
  std::function<Map(const Subject&)> ask;
  /// The same picture under the network whose topmost `share` of layers (0..1, by number) have random weights.
  std::function<const Subject&(double share)> randomised;
  const Options& options;
  std::uint64_t seed = 0;
};

/// A measure's answer.
struct Measured {
  std::vector<double> values;  ///< one per quantity; NaN where there is nothing to hold the map against
  std::vector<double> curve;   ///< what the number sums up, at equal steps from 0 to 1; may be empty
};

/// One measure, one file of src/measures.
struct Measure {
  std::string_view name;
  std::string_view sentence;
  std::string_view paper;
  std::string_view details = {};
  std::span<const Quantity> quantities;
  std::span<const Option> options = {};
  std::string_view curve_x = {};  ///< what the curve runs over; empty: it has none
  std::string_view curve_y = {};
  bool needs_truth = false;  ///< where the object is must be known
  Cost cost = Cost::walks;   ///< `runs`: the network runs tens of times for every map
  bool asks_again = false;   ///< the technique is asked again, several times
  Measured (*measure)(const MeasureCall&) = nullptr;
};

/// Returns every measure, sorted by name.
std::span<const Measure* const> all_measures();
/// Finds a measure; throws `Error(usage)` offering near names.
const Measure& find_measure(std::string_view name);

/// Measures one map; throws `Error`.
Measured measure(const Measure& measure, const MeasureCall& call);

}  // namespace fovea

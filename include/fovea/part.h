// Parts of a making, written as text: "pad(12) jitter(8) scale(low=0.9, high=1.1)". Canvases, transforms, priors and
// optimisers are all named and set this way, so that a kind's recipe is a few lines of defaults that a user can read
// and change.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fovea/api.h>
#include <fovea/options.h>
#include <fovea/tensor.h>

namespace FOVEA_API fovea {

/// One part as it was written: its name and its settings.
struct PartText {
  std::string name;
  std::vector<std::string> positional;  ///< values without a name, in order; they stand for the first options
  Settings named;
};

/// Reads a list of parts, separated by blanks or `+`; an empty text is an empty list. Throws `Error(usage)` that points
/// at the place.
std::vector<PartText> parse_parts(std::string_view text);

/// Returns the effective options of a part; throws `Error(usage)` naming the part for too many values, unknown names or
/// values out of range.
Options options_of(const PartText& part, std::span<const Option> described);

/// Random numbers of one step of a making, the same for the same seed, step and part whatever the batch.
struct Draws {
  std::uint64_t seed = 0;
  std::uint64_t stream = 0;  ///< one per step and part

  /// Returns `count` uniform numbers in [0, 1).
  std::vector<double> uniform(std::int64_t count) const;
  /// Returns `count` standard normal numbers.
  std::vector<double> normal(std::int64_t count) const;
};

}  // namespace fovea

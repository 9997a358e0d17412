// Units that answer to one part of objects: in the rendered world every part's pixels are known, so what a unit's
// strongest places show can be named instead of guessed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include <fovea/api.h>
#include <fovea/atlas.h>
#include <fovea/projection.h>
#include <fovea/world.h>

namespace FOVEA_API fovea {

/// Which scenes an atlas is of.
struct WorldSource {
  WorldOptions options;
  std::uint64_t seed = 0;
  std::int64_t first = 0;  ///< scene of picture 0
};

/// What a channel's strongest places show.
struct PartUnit {
  std::string part;                         ///< "dog leg"; "background" and a context's name count as well
  std::int64_t agreeing = 0;                ///< places where this part holds more of the evidence than any other
  std::int64_t places = 0;                  ///< that were looked at
  double share = 0;                         ///< of the evidence on the part, mean over the agreeing places
  double area = 0;                          ///< of the unit's field that the part covers there, mean: chance
  std::map<std::string, std::int64_t> all;  ///< how often each part came first
};

/// Tells what a channel's strongest places show: the positive and negative pixels of each place's projection are laid
/// over the masks of the scene's parts, and the part that holds most of their magnitude counts. Throws
/// `Error(unsupported)` when the network does not see whole pictures.
PartUnit find_part(const Model& model, const Projector& projector, const WorldSource& source, std::int64_t channel,
                   std::span<const Strongest> places);

}  // namespace fovea

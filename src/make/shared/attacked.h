// What the kind `fool` does: it plans adversaries, attacks, and asks the network what it says of them. The attacks
// themselves are plain functions in src/attack.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "make/shared/adversary.h"

namespace fovea::make {

/// A picture as the network takes it, with its answer.
struct Seen {
  std::string name;
  Image image;
  std::int64_t top = 0;
  double probability = 0;
};

/// Tells whether the least change is looked for, instead of one within a bound.
bool is_minimal(const MakeCall& call);

/// Returns the call's pictures (or where there are none noise or the mean colour) as the network takes them.
std::vector<Seen> seen_of(const MakeCall& call);

/// Returns what shall be made, with its target and without its change.
std::vector<Adversary> planned(const MakeCall& call, const std::vector<Seen>& seen);

/// What is left of the attacks beside the adversaries.
struct Attacked {
  std::vector<Image> frames;
  std::int64_t steps = 0;
};

/// Finds the changes, in batches, and what the network says of the changed pictures as files.
Attacked attack(const MakeCall& call, std::vector<Adversary>& adversaries);

/// Lays each change over all other pictures.
std::vector<Adversary> borrowed(const MakeCall& call, const std::vector<Adversary>& own, const std::vector<Seen>& seen);

}  // namespace fovea::make

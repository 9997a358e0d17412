// Jobs that differ only in what one list asks for, such as classes: made at once, so that they share the network's
// runs, and parted again.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "shared/making.h"

namespace fovea::cli {

/// Requests that are made at once. They point into the list they came from.
struct MakingGroup {
  std::vector<const MakingRequest*> members;  ///< at least one
  std::string_view list;                      ///< the option that lists what each asks for; "" for one alone
};

/// Groups neighbours that may be made at once; keeps the order.
std::vector<MakingGroup> groups_of(const std::vector<MakingRequest>& requests);

/// Returns the settings that ask for what all members ask for.
Settings settings_of(const MakingGroup& group);

/// Returns what of a group's pictures a member asked for, as if it had been alone, with a note that it was not.
Made made_for(const MakingGroup& group, std::size_t member, const Made& made);

}  // namespace fovea::cli

// What the front knows of the program: tables that are generated while the program is built (app/program/front_tables).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace fovea::cli {

/// Something that `fovea list` knows.
struct GroupName {
  std::string_view group;
  std::string_view name;
};

/// The output of a command line that always prints the same.
struct FixedAnswer {
  std::string_view words;  ///< parted by line breaks: "list\ngrad_cam"
  std::string_view text;
};

std::span<const GroupName> names_of_groups();
std::span<const FixedAnswer> all_fixed_answers();

/// Answers the command line from what is kept, or hands it on to the program that computes, which takes this one's
/// place. Throws `Error(file)` when that program is not where it belongs.
int hand_on();

}  // namespace fovea::cli

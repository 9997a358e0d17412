// The classes of a data set as its classes.txt orders them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace fovea {

/// The classes, and the folders that may hold their pictures.
struct ClassList {
  std::vector<std::string> names;                              ///< one per class
  std::map<std::string, std::int64_t, std::less<>> by_folder;  ///< a folder's name to the class, or to `ambiguous`

  /// What `by_folder` says of a name that several classes share ("crane", the bird and the machine).
  static constexpr std::int64_t ambiguous = -1;
};

/// Reads classes.txt: lines "label wnid name" (a wnid is a word with a digit in it), "label name", "wnid name" or
/// "name"; labels are 0 to n-1 in any order, without labels the lines count. Folders are called by name (blanks or
/// underscores), by wnid, or "wnid_name". Throws `Error(format)` naming `shown` and the line.
ClassList parse_classes(std::string_view text, const std::string& shown);

}  // namespace fovea

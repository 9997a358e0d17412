// Finding a named thing in its table, with near names in the error.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fovea/error.h>

namespace fovea {

/// Finds what has a name in a table of descriptors; throws `Error(usage)` offering near names, or all when there are
/// few. `what` is what they are: "canvas".
template <typename Kind>
const Kind& find_part(std::span<const Kind* const> table, std::string_view what, std::string_view name) {
  std::vector<std::string> known;
  for (const Kind* kind : table) {
    if (kind->name == name) return *kind;
    known.emplace_back(kind->name);
  }
  std::string hint = did_you_mean(name, known);
  if (hint.empty()) {
    hint = "there are: ";
    for (std::size_t i = 0; i < known.size(); ++i) hint += (i > 0 ? ", " : "") + known[i];
  }
  throw Error(ErrorKind::usage, "there is no " + std::string(what) + " '" + std::string(name) + "'", hint);
}

}  // namespace fovea

// What `fovea list` tells and the reference pages hold: one entry per technique, recipe, objective, measure, kind of
// making and part of one, all of it printed from the descriptors.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fovea/options.h>

#include "shared/json.h"

namespace fovea::cli {

/// One number of a measure.
struct EntryColumn {
  std::string_view name;
  std::string_view better;  ///< "larger is better"
  std::string_view sentence;
};

/// One thing that can be named on a command line.
struct Entry {
  std::string_view group;  ///< "technique", "recipe", "objective", "measure", "kind" (of making), or a part of one:
                           ///< "canvas", "transform", "prior", "optimiser"
  std::string_view name;
  std::string_view arguments;  ///< of an objective
  std::string_view sentence;
  std::string_view paper;
  std::string_view details;
  std::vector<std::string_view> rows;  ///< of a recipe: what each row does, in order
  std::vector<EntryColumn> columns;    ///< of a measure
  std::span<const Option> options;
  std::span<const Preset> presets;
  std::string usage = {};  ///< of a kind: what stands behind it, "MODEL IMAGE"
};

/// Returns all of them, group by group, each sorted by name.
std::vector<Entry> all_entries();
/// Returns a group's name for several: "canvases".
std::string plural(std::string_view group);

/// Words an entry for a terminal.
std::string page_text(const Entry& entry);
/// Words an entry as a page in Markdown.
std::string page_markdown(const Entry& entry);
/// Words the index of the pages, which lie in folders called as the groups, in Markdown.
std::string index_markdown(const std::vector<Entry>& entries);
/// Tells everything of an entry as JSON.
Json to_json(const Entry& entry);

/// Tells an option's values: "1..100000", "a|b", "true|false".
std::string values_text(const Option& option);
/// Names a type of option as JSON does: "integer", "number", "boolean", "choice", "text".
std::string_view name_of(OptionType type);

}  // namespace fovea::cli

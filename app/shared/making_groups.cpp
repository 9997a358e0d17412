// Grouping jobs, and parting what was made of a group.
// SPDX-License-Identifier: Apache-2.0
#include "shared/making_groups.h"

#include <algorithm>
#include <string>

#include <ATen/ops/cat.h>
#include <fmt/format.h>

namespace fovea::cli {
namespace {

/// Tells whether two makings may be made at once: they differ only in what one list of their kind asks for, and where
/// it goes. Returns the list's name, "" when not.
std::string_view shared_list(const MakingRequest& a, const MakingRequest& b) {
  Json one = to_json(a);
  Json other = to_json(b);
  if (!a.film.empty() || !b.film.empty()) return {};
  for (const char* key : {"out", "raw"}) {
    one.erase(key);
    other.erase(key);
  }
  for (const std::string_view list : a.kind->lists) {
    const std::string name(list);
    if (!a.settings.contains(name) || !b.settings.contains(name)) continue;
    Json first = one;
    Json second = other;
    first["set"].erase(name);
    second["set"].erase(name);
    if (first == second) return list;
  }
  return {};
}

std::size_t items_in(std::string_view list) {
  std::size_t items = 0;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(';'), list.size());
    items += list.substr(0, end).find_first_not_of(" \t\n") != std::string_view::npos ? 1 : 0;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return items;
}

/// The rows of a table that are of some pictures, under its header.
std::vector<std::vector<std::string>> rows_of(const std::vector<std::vector<std::string>>& table,
                                              const std::vector<MadePicture>& pictures) {
  std::vector<std::vector<std::string>> rows;
  if (table.empty()) return rows;
  rows.push_back(table.front());
  for (const MadePicture& picture : pictures) {
    for (std::size_t i = 1; i < table.size(); ++i) {
      if (!table[i].empty() && table[i].front() == picture.name) rows.push_back(table[i]);
    }
  }
  return rows;
}

/// What of a group's pictures one member asked for, as if it had been alone.
Made part_of(const Made& made, std::int64_t first_item, std::int64_t items) {
  constexpr int columns = 6;
  constexpr int least_tile = 112;  // px
  constexpr int most_tile = 320;
  Made part;
  part.notes = made.notes;
  std::vector<Tile> tiles;
  std::vector<Tensor> values;
  for (std::size_t i = 0; i < made.pictures.size(); ++i) {
    const MadePicture& picture = made.pictures[i];
    if (picture.item < first_item || picture.item >= first_item + items) continue;
    part.pictures.push_back(picture);
    tiles.push_back({picture.image, picture.label});
    values.push_back(made.values.narrow(0, static_cast<std::int64_t>(i), 1));
  }
  part.table = rows_of(made.table, part.pictures);
  for (const MadeTable& table : made.further) {
    part.further.push_back({table.name, rows_of(table.rows, part.pictures)});
  }
  if (tiles.empty()) return part;
  part.values = at::cat(values);
  part.picture = tiles.size() == 1
                     ? tiles.front().image
                     : sheet(tiles, columns, "", std::clamp(tiles.front().image.width, least_tile, most_tile));
  return part;
}

}  // namespace

std::vector<MakingGroup> groups_of(const std::vector<MakingRequest>& requests) {
  std::vector<MakingGroup> groups;
  for (const MakingRequest& request : requests) {
    if (!groups.empty()) {
      MakingGroup& last = groups.back();
      const std::string_view list = shared_list(*last.members.front(), request);
      if (!list.empty() && (last.list.empty() || last.list == list)) {
        last.list = list;
        last.members.push_back(&request);
        continue;
      }
    }
    groups.push_back({{&request}, {}});
  }
  return groups;
}

Settings settings_of(const MakingGroup& group) {
  Settings settings = group.members.front()->settings;
  if (group.members.size() == 1) return settings;
  const std::string name(group.list);
  std::string list;
  for (const MakingRequest* member : group.members) list += (list.empty() ? "" : ";") + member->settings.at(name);
  settings[name] = list;
  return settings;
}

Made made_for(const MakingGroup& group, std::size_t member, const Made& made) {
  if (group.members.size() == 1) return made;
  const std::string name(group.list);
  std::size_t first = 0;
  for (std::size_t i = 0; i < member; ++i) first += items_in(group.members[i]->settings.at(name));
  Made own = part_of(made, static_cast<std::int64_t>(first),
                     static_cast<std::int64_t>(items_in(group.members[member]->settings.at(name))));
  own.notes.push_back(fmt::format("made together with {} other job{}, which changes last bits",
                                  group.members.size() - 1, group.members.size() == 2 ? "" : "s"));
  return own;
}

}  // namespace fovea::cli

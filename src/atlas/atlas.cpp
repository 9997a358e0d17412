// Reading a finished atlas.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/atlas.h>

#include <algorithm>
#include <cmath>

#include <fovea/error.h>
#include <fovea/npy.h>

#include "atlas/database.h"
#include "atlas/manifest.h"
#include "atlas/store.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;

/// Finds a value by its name; throws offering near ones.
std::size_t find_value(const std::vector<AtlasValue>& values, std::string_view name, const char* what) {
  std::vector<std::string> names;
  for (std::size_t v = 0; v < values.size(); ++v) {
    if (values[v].name == name || values[v].node == name) return v;
    names.push_back(values[v].node);
  }
  const std::string near = did_you_mean(name, names);
  std::string list;
  for (const std::string& known : names) list += (list.empty() ? "" : ", ") + known;
  constexpr std::size_t longest = 300;
  if (list.size() > longest) list.replace(longest, std::string::npos, " ...");
  throw Error(ErrorKind::usage, "the atlas has no " + std::string(what) + " value '" + std::string(name) + "'",
              near.empty() ? list.insert(0, "it has ") : near);
}

/// A folder without the file that ends a build: says how far it got.
[[noreturn]] void not_finished(const fs::path& folder, const AtlasManifest& manifest) {
  std::error_code ignored;
  std::int64_t there = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder / "shards", ignored)) {
    there += entry.path().extension() == ".shard" ? 1 : 0;
  }
  throw Error(ErrorKind::usage,
              folder.string() + " is not finished: " + std::to_string(there) + " of " +
                  std::to_string(manifest.shards()) + " shards are there",
              "run `fovea atlas build` again with the same arguments: it goes on there");
}

}  // namespace

struct Atlas::State {
  fs::path folder;
  AtlasManifest manifest;
  std::unique_ptr<Database> database;
};

Atlas::Atlas(const fs::path& folder) : state_(std::make_unique<State>()) {
  std::error_code ignored;
  if (!fs::exists(manifest_path(folder), ignored)) {
    throw Error(ErrorKind::file, folder.string() + " is no atlas: it has no manifest.json",
                "make one: fovea atlas build MODEL DATA --out " + folder.string());
  }
  state_->folder = folder;
  state_->manifest = read_manifest(manifest_path(folder));
  if (!fs::exists(database_path(folder), ignored)) not_finished(folder, state_->manifest);
  state_->database = std::make_unique<Database>(database_path(folder), Database::Mode::read);
  state_->database->check();
  Statement count(*state_->database, "SELECT COUNT(*) FROM picture");
  const std::int64_t pictures = count.step() ? count.integer(0) : 0;
  if (pictures != state_->manifest.pictures) {
    throw Error(ErrorKind::format,
                database_path(folder).string() + " has " + std::to_string(pictures) + " pictures, the manifest " +
                    std::to_string(state_->manifest.pictures),
                "remove it and build the atlas again");
  }
}

Atlas::~Atlas() = default;
Atlas::Atlas(Atlas&&) noexcept = default;
Atlas& Atlas::operator=(Atlas&&) noexcept = default;

const AtlasManifest& Atlas::manifest() const { return state_->manifest; }
const fs::path& Atlas::folder() const { return state_->folder; }

std::vector<AtlasPicture> Atlas::pictures() const {
  Statement select(*state_->database,
                   "SELECT name, label, predicted, probability, of_truth, broken FROM picture ORDER BY id");
  std::vector<AtlasPicture> pictures;
  while (select.step()) {
    AtlasPicture picture{.name = select.text(0), .label = select.integer(1)};
    picture.predicted = select.is_null(2) ? -1 : select.integer(2);
    picture.probability = static_cast<float>(select.number(3));
    picture.of_truth =
        select.is_null(4) ? std::numeric_limits<float>::quiet_NaN() : static_cast<float>(select.number(4));
    picture.broken = select.text(5);
    pictures.push_back(std::move(picture));
  }
  return pictures;
}

std::vector<std::vector<Strongest>> Atlas::tops(std::string_view value) const {
  const std::size_t at = find_value(state_->manifest.ranked, value, "ranked");
  const auto channels = static_cast<std::size_t>(state_->manifest.ranked[at].channels);
  std::vector<std::vector<Strongest>> tops(channels);
  Statement select(*state_->database,
                   "SELECT channel, score, picture, place FROM top WHERE value = ? ORDER BY channel, rank");
  select.bind(0, static_cast<std::int64_t>(at));
  while (select.step()) {
    const auto channel = static_cast<std::size_t>(select.integer(0));
    if (channel >= channels) {
      throw Error(ErrorKind::format, database_path(state_->folder).string() + " is damaged: it has a channel " +
                                         std::to_string(channel) + " of " + std::to_string(channels));
    }
    tops[channel].push_back(
        {static_cast<float>(select.number(1)), static_cast<std::int32_t>(select.integer(3)), select.integer(2)});
  }
  return tops;
}

const AtlasValue& Atlas::ranked(std::string_view name) const {
  return state_->manifest.ranked[find_value(state_->manifest.ranked, name, "ranked")];
}

const AtlasValue& Atlas::embedded(std::string_view name) const {
  const std::vector<AtlasValue>& values = state_->manifest.embedded;
  return values[name.empty() ? 0 : find_value(values, name, "embedded")];
}

Tensor Atlas::embedding(std::string_view value) const {
  const AtlasManifest& manifest = state_->manifest;
  const std::size_t at = value.empty() ? 0 : find_value(manifest.embedded, value, "embedded");
  const fs::path path = embedding_path(state_->folder, manifest, at);
  Tensor table = read_npy(path);
  if (table.dim() == 2 && table.size(0) == manifest.pictures && table.size(1) == manifest.embedded[at].channels &&
      table.scalar_type() == at::kFloat) {
    return table;
  }
  throw Error(ErrorKind::format,
              path.string() + " does not fit the atlas: expected float32 [" + std::to_string(manifest.pictures) + "," +
                  std::to_string(manifest.embedded[at].channels) + "]",
              "remove atlas.db and build the atlas again");
}

}  // namespace fovea

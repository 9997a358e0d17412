// SPDX-License-Identifier: Apache-2.0
#include "shared/atlas_source.h"

#include <algorithm>

#include <fmt/format.h>

#include <fovea/error.h>

#include "core/sha256.h"
#include "shared/json.h"
#include "shared/text.h"

namespace fovea::cli {
namespace {

namespace fs = std::filesystem;

/// A class's name as people write it.
std::string spaced(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

constexpr const char* move_hint = "put it back, or build the atlas anew";

}  // namespace

std::unique_ptr<Pictures> open_pictures_of(const AtlasManifest& manifest) {
  try {
    const Json told = Json::parse(manifest.data);
    const std::string path = told.value("path", world_name);
    if (told.contains("path") && !fs::exists(path)) {
      throw Error(ErrorKind::file, "the atlas's pictures are no longer at " + path, move_hint);
    }
    std::unique_ptr<Pictures> pictures = open_told(told).everything;
    const std::int64_t count = pictures->size();
    const auto most = told.value("pictures", count);
    if (most < count) pictures = subset(std::move(pictures), spread_evenly(count, most));
    if (pictures->size() == manifest.pictures) return pictures;
    throw Error(ErrorKind::usage,
                fmt::format("{} has {} pictures now, the atlas is of {}", path, count, manifest.pictures), move_hint);
  } catch (const Json::exception&) {
    throw Error(ErrorKind::format, "the manifest does not say where the pictures are: '" + manifest.data + "'",
                "the atlas was built by another program; build it anew");
  }
}

WorldSource world_of(const AtlasManifest& manifest) {
  try {
    const Json json = Json::parse(manifest.data);
    if (json.contains("world_version") && !json.contains("contexts")) {
      if (json.contains("pictures")) {
        throw Error(ErrorKind::usage,
                    "the atlas is of scenes that --pictures picked out, which do not follow each other",
                    "fovea atlas build MODEL world --scenes N --out DIR");
      }
      WorldSource source{.options = {.size = json.at("size"), .biases = {}},
                         .seed = json.at("seed"),
                         .first = json.value("first", std::int64_t{0})};
      for (const std::string& bias : json.at("biases").get<std::vector<std::string>>())
        source.options.biases.push_back(parse_bias(bias));
      return source;
    }
  } catch (const Json::exception&) {
    // told below
  }
  throw Error(ErrorKind::usage, "only pictures of the rendered world say where the parts of their objects are",
              "fovea atlas build MODEL world --out DIR");
}

Model open_model_of(const AtlasManifest& manifest, const Common& common) {
  if (!fs::exists(manifest.model)) {
    throw Error(ErrorKind::file, "the atlas's model is no longer at " + manifest.model.string(), move_hint);
  }
  ModelChoice choice{.path = manifest.model.string(), .options = {}};
  choice.options.preprocess = manifest.preprocess_option;
  Model model = open_model(choice, common);
  if (model.hash == manifest.model_hash && model.card.preprocess &&
      describe(*model.card.preprocess) == manifest.preprocess) {
    return model;
  }
  throw Error(ErrorKind::usage, manifest.model.string() + " or its card has changed since the atlas was built",
              move_hint);
}

void add_atlas(Parser& parser, std::string& folder) {
  parser.add_option("ATLAS", folder, "The folder of a finished atlas").text(" ").required();
}

std::string short_name(const std::string& name) {
  const fs::path path(name);
  if (!path.has_parent_path()) return name;
  return (path.parent_path().filename() / path.filename()).string();
}

std::string label_of(const AtlasManifest& manifest, const AtlasPicture& picture) {
  const auto at = static_cast<std::size_t>(picture.label);
  return picture.label >= 0 && at < manifest.labels.size() ? spaced(manifest.labels[at]) : "";
}

std::string prediction_of(const AtlasManifest& manifest, const AtlasPicture& picture) {
  if (picture.predicted < 0) return "";
  const auto at = static_cast<std::size_t>(picture.predicted);
  return at < manifest.classes.size() ? spaced(manifest.classes[at]) : fmt::format("class {}", at);
}

}  // namespace fovea::cli

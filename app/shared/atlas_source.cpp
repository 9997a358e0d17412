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

std::string told(const DataChoice& choice, int size) {
  if (choice.path != world_name) {
    Json json{{"path", fs::absolute(choice.path).lexically_normal().string()}, {"split", choice.split}};
    return json.dump({.replace = true});
  }
  const Json json{{"world_version", world_version},
                  {"seed", choice.world_seed},
                  {"scenes", choice.scenes},
                  {"biases", choice.biases},
                  {"size", size}};
  return json.dump();
}

std::unique_ptr<Pictures> open_pictures_of(const AtlasManifest& manifest) {
  DataChoice choice{.unlabelled = true};
  int size = 0;
  try {
    const Json json = Json::parse(manifest.data);
    if (json.contains("path")) {
      choice.path = json.at("path");
      choice.split = json.at("split");
    } else {
      choice.path = world_name;
      choice.world_seed = json.at("seed");
      choice.scenes = json.at("scenes");
      choice.biases = json.at("biases").get<std::vector<std::string>>();
      size = json.at("size");
      if (json.at("world_version") != world_version) {
        throw Error(ErrorKind::usage, "the atlas is of another version of the rendered world", "build it anew");
      }
    }
  } catch (const Json::exception&) {
    throw Error(ErrorKind::format, "the manifest does not say where the pictures are: '" + manifest.data + "'",
                "the atlas was built by another program; build it anew");
  }
  if (choice.path != world_name && !fs::exists(choice.path)) {
    throw Error(ErrorKind::file, "the atlas's pictures are no longer at " + choice.path, move_hint);
  }
  std::unique_ptr<Pictures> pictures = open_data(choice, size);
  if (pictures->size() != manifest.pictures) {
    throw Error(
        ErrorKind::usage,
        fmt::format("{} has {} pictures now, the atlas is of {}", choice.path, pictures->size(), manifest.pictures),
        move_hint);
  }
  return pictures;
}

WorldSource world_of(const AtlasManifest& manifest) {
  try {
    const Json json = Json::parse(manifest.data);
    if (json.contains("world_version")) {
      WorldSource source{.options = {.size = json.at("size"), .biases = {}}, .seed = json.at("seed")};
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

// SPDX-License-Identifier: Apache-2.0
#include "atlas/manifest.h"

#include <fovea/error.h>

#include "core/atomic_file.h"
#include "core/json.h"

namespace fovea {
namespace {

constexpr std::uintmax_t most_bytes = 256 << 20;  // a million labels are far less
constexpr const char* format_name = "fovea atlas 1";

Json to_json(const std::vector<AtlasValue>& values) {
  Json list = Json::array();
  for (const AtlasValue& value : values) {
    list.push_back({{"name", value.name},
                    {"node", value.node},
                    {"channels", value.channels},
                    {"map", {value.height, value.width}}});
  }
  return list;
}

std::vector<AtlasValue> values_of(const Json& list) {
  std::vector<AtlasValue> values;
  for (const Json& json : list) {
    values.push_back(
        {json.at("name"), json.at("node"), json.at("channels"), json.at("map").at(0), json.at("map").at(1)});
  }
  return values;
}

Json to_json(const AtlasManifest& manifest) {
  return {{"format", format_name},
          {"fovea", manifest.version},
          {"model",
           {{"path", manifest.model.string()},
            {"sha256", manifest.model_hash},
            {"preprocess", manifest.preprocess},
            {"preprocess_option", manifest.preprocess_option},
            {"classes", manifest.classes}}},
          {"data",
           {{"told", manifest.data},
            {"sha256", manifest.data_hash},
            {"pictures", manifest.pictures},
            {"labels", manifest.labels},
            {"matched", manifest.matched}}},
          {"top", manifest.top},
          {"batch", manifest.batch},
          {"shard", manifest.shard},
          {"ranked", to_json(manifest.ranked)},
          {"embedded", to_json(manifest.embedded)}};
}

AtlasManifest manifest_of(const Json& json) {
  if (json.at("format") != format_name) throw Error(ErrorKind::format, "its format is " + json.at("format").dump());
  const Json& model = json.at("model");
  const Json& data = json.at("data");
  AtlasManifest manifest;
  manifest.version = json.at("fovea");
  manifest.model = model.at("path").get<std::string>();
  manifest.model_hash = model.at("sha256");
  manifest.preprocess = model.at("preprocess");
  manifest.preprocess_option = model.at("preprocess_option");
  manifest.classes = model.at("classes").get<std::vector<std::string>>();
  manifest.data = data.at("told");
  manifest.data_hash = data.at("sha256");
  manifest.pictures = data.at("pictures");
  manifest.labels = data.at("labels").get<std::vector<std::string>>();
  manifest.matched = data.at("matched").get<std::vector<std::int64_t>>();
  manifest.top = json.at("top");
  manifest.batch = json.at("batch");
  manifest.shard = json.at("shard");
  manifest.ranked = values_of(json.at("ranked"));
  manifest.embedded = values_of(json.at("embedded"));
  if (manifest.shard < 1 || manifest.pictures < 0 || manifest.top < 1) {
    throw Error(ErrorKind::format, "it has a number that cannot be");
  }
  return manifest;
}

std::string names_of(const std::vector<AtlasValue>& values) {
  std::string names;
  for (const AtlasValue& value : values) names += (names.empty() ? "" : ",") + value.name;
  return names;
}

}  // namespace

std::filesystem::path manifest_path(const std::filesystem::path& folder) { return folder / "manifest.json"; }

std::string text_of(const AtlasManifest& manifest) {
  return to_json(manifest).dump({.indent = 2, .replace = true}) + "\n";
}

AtlasManifest read_manifest(const std::filesystem::path& path) {
  const std::vector<std::byte> bytes = read_whole(path, most_bytes);
  try {
    return manifest_of(Json::parse(bytes));
  } catch (const Json::exception& error) {
    throw Error(ErrorKind::format, path.string() + " is no manifest of an atlas: " + error.what(),
                "build the atlas in another folder");
  } catch (const Error& error) {
    throw Error(ErrorKind::format,
                path.string() + " is no manifest of an atlas that this program reads: " + error.what(),
                "build the atlas in another folder");
  }
}

std::string difference(const AtlasManifest& there, const AtlasManifest& asked) {
  const auto differ = [](const std::string& what, const std::string& a, const std::string& b) {
    return a == b ? std::string() : what + ": " + a + " there, " + b + " asked";
  };
  const std::pair<const char*, std::pair<std::string, std::string>> rows[] = {
      {"model (SHA-256)", {there.model_hash.substr(0, 12), asked.model_hash.substr(0, 12)}},
      {"data", {there.data, asked.data}},
      {"pictures", {std::to_string(there.pictures), std::to_string(asked.pictures)}},
      {"names and labels (SHA-256)", {there.data_hash.substr(0, 12), asked.data_hash.substr(0, 12)}},
      {"preprocessing", {there.preprocess, asked.preprocess}},
      {"values", {names_of(there.ranked), names_of(asked.ranked)}},
      {"embedded values", {names_of(there.embedded), names_of(asked.embedded)}},
      {"top", {std::to_string(there.top), std::to_string(asked.top)}},
      {"batch", {std::to_string(there.batch), std::to_string(asked.batch)}},
      {"shard", {std::to_string(there.shard), std::to_string(asked.shard)}},
      {"version of fovea", {there.version, asked.version}}};
  for (const auto& [what, pair] : rows) {
    if (std::string told = differ(what, pair.first, pair.second); !told.empty()) return told;
  }
  return text_of(there) == text_of(asked) ? "" : "where the model lies, or what its card says";
}

}  // namespace fovea

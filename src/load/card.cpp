// Cards: JSON beside a model that says how pictures become its input, x = (pixel * scale - mean) / std, and what its
// classes are called. What a card does not say stays unknown; what it says wrongly is an error with the field's name.
// SPDX-License-Identifier: Apache-2.0
#include "load/card.h"

#include <string_view>

#include <fovea/error.h>

#include "core/atomic_file.h"
#include "load/card_fields.h"
#include "load/card_labels.h"
#include "load/card_preprocess.h"

namespace fovea {
namespace cards {
namespace {

std::string licence_of(const Json& json, const Source& source) {
  for (const char* key : {"licence", "license"}) {
    if (json.contains(key)) return text_of(json[key], key, source);
    const Json& origin = member(json, "source");
    if (origin.is_object() && origin.contains(key)) return text_of(origin[key], std::string("source.") + key, source);
  }
  return {};
}

/// Reads whatever else a card tells: texts by name.
std::map<std::string, std::string> facts_of(const Json& value, const Source& source) {
  if (value.is_null()) return {};
  if (!value.is_object()) bad_field(source, "facts", "should be an object of texts, but is " + shown(value));
  std::map<std::string, std::string> facts;
  for (const auto& [key, fact] : value.items()) {
    if (!fact.is_string()) bad_field(source, "facts." + key, "should be a text, but is " + shown(fact));
    facts[key] = fact.get<std::string>();
  }
  return facts;
}

Card parse_card(std::string_view text, const Shape& model_input, const Source& source, const std::string& stem) {
  Json json;
  try {
    json = Json::parse(text);
  } catch (const Json::exception& e) {
    throw Error(ErrorKind::format, source.path + " is not JSON: " + e.what());
  }
  if (!json.is_object()) {
    throw Error(ErrorKind::format, source.path + " should hold a JSON object, but holds " + shown(json));
  }
  Card card;
  card.name = text_of(member(json, "name"), "name", source);
  if (card.name.empty()) card.name = stem;
  card.task = text_of(member(json, "task"), "task", source);
  card.licence = licence_of(json, source);
  card.preprocess = parse_preprocess(member(json, "preprocess"), model_input, source);
  read_labels_of(member(json, "labels"), source, card);
  card.facts = facts_of(member(json, "facts"), source);
  return card;
}

}  // namespace
}  // namespace cards

Card read_card(const std::filesystem::path& path, const Shape& model_input) {
  const std::vector<std::byte> bytes = read_whole(path, cards::most_file_bytes);
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  Card card = cards::parse_card({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, model_input,
                                {path.string(), folder}, path.stem().string());
  if (card.preprocess) card.preprocess->source = path.filename().string();
  return card;
}

Card card_from_metadata(const std::map<std::string, std::string>& metadata, const Shape& model_input) {
  const auto found = metadata.find(card_metadata_key);
  if (found == metadata.end()) return {};
  const cards::Source source{std::string("model metadata '") + card_metadata_key + "'", {}};
  Card card = cards::parse_card(found->second, model_input, source, {});
  if (card.preprocess) card.preprocess->source = "model metadata";
  return card;
}

}  // namespace fovea

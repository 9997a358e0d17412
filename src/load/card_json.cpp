// Writes cards as JSON in the form that the reader takes to the last bit: numbers in the shortest decimals that read
// back the same, x = (pixel * scale - mean) / std with its scale as a range where one of the ranges says it.
// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <string_view>

#include <fovea/error.h>

#include "core/json.h"
#include "load/card.h"

namespace fovea {
namespace {

[[noreturn]] void bad_field(const std::string& field, const std::string& what, const std::string& hint = {}) {
  throw Error(ErrorKind::format, "the model's card cannot be written: field '" + field + "' " + what, hint);
}

/// Returns a text as JSON; JSON knows UTF-8 only, labels may come from any file.
Json text(const std::string& value, const std::string& field) {
  Json json = value;
  try {
    static_cast<void>(json.dump());
  } catch (const Json::exception&) {
    bad_field(field, "is not UTF-8", "convert the text, e.g. with iconv");
  }
  return json;
}

Json number(double value, const std::string& field) {
  if (!std::isfinite(value)) bad_field(field, "is " + std::to_string(value) + ", not a finite number");
  return value;
}

Json numbers(const std::vector<double>& values, const std::string& field) {
  Json list = Json::array();
  for (std::size_t i = 0; i < values.size(); ++i) {
    list.push_back(number(values[i], field + "[" + std::to_string(i) + "]"));
  }
  return list;
}

std::string_view fit_name(Fit fit) {
  switch (fit) {
    case Fit::shortest_side: return "shortest_side";
    case Fit::central_share: return "central_share";
    case Fit::stretch: return "stretch";
  }
  throw Error(ErrorKind::internal, "a preprocessing has fit " + std::to_string(static_cast<int>(fit)));
}

Json resize_json(const Preprocess& preprocess) {
  Json json = {{"fit", fit_name(preprocess.fit)}, {"width", preprocess.width}, {"height", preprocess.height}};
  if (preprocess.resize_to != 0) json["resize_to"] = preprocess.resize_to;
  if (preprocess.fit == Fit::central_share) {
    json["central_share"] = number(preprocess.central_share, "preprocess.resize.central_share");
  }
  return json;
}

/// The range -1..1 needs no writing: the reader turns it into a mean and a deviation of pixels 0..255.
Json preprocess_json(const Preprocess& preprocess) {
  Json json = {{"channel_order", text(preprocess.channels, "preprocess.channel_order")}};
  if (preprocess.scale == 1)
    json["range"] = "0..255";
  else if (preprocess.scale == 1.0 / 255)
    json["range"] = "0..1";
  else
    json["scale"] = number(preprocess.scale, "preprocess.scale");
  json["mean"] = numbers(preprocess.mean, "preprocess.mean");
  json["std"] = numbers(preprocess.std, "preprocess.std");
  json["resize"] = resize_json(preprocess);
  return json;
}

}  // namespace

std::string card_to_json(const Card& card) {
  Json json = Json::object();
  const auto add_text = [&](const char* key, const std::string& value) {
    if (!value.empty()) json[key] = text(value, key);
  };
  add_text("name", card.name);
  add_text("task", card.task);
  add_text("licence", card.licence);
  if (card.preprocess) json["preprocess"] = preprocess_json(*card.preprocess);
  for (std::size_t i = 0; i < card.labels.size(); ++i) {
    json["labels"].push_back(text(card.labels[i], "labels[" + std::to_string(i) + "]"));
  }
  for (const auto& [key, fact] : card.facts) {
    text(key, "facts");  // for its check
    json["facts"][key] = text(fact, "facts." + key);
  }
  return json.dump();
}

}  // namespace fovea

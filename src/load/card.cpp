// Cards: JSON beside a model that says how pictures become its input, x = (pixel * scale - mean) / std, and what its
// classes are called. What a card does not say stays unknown; what it says wrongly is an error with the field's name.
// SPDX-License-Identifier: Apache-2.0
#include "load/card.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string_view>

#include <nlohmann/json.hpp>

#include <fovea/error.h>

#include "core/atomic_file.h"
#include "load/resize_text.h"

namespace fovea {
namespace {

using Json = nlohmann::json;

constexpr std::uintmax_t most_file_bytes = 16 << 20;
constexpr int imagenet_side = 224;  // the input that "resize to 256" goes with
constexpr int imagenet_resize_to = 256;
constexpr double half_of_byte = 127.5;
constexpr const char* accepted_resize =
    "accepted are \"shortest side 256, centre crop\", \"central 87.5 % of the image, resized\", \"224x224\", \"H and W "
    "divisible by 4 (trained at 384)\", \"any size divisible by 16\", or {\"fit\": "
    "\"shortest_side\"|\"central_share\"|\"stretch\", \"resize_to\", \"central_share\", \"width\", \"height\"}";

/// Where a card came from, for messages.
struct Source {
  std::string path;              ///< shown before a field's name
  std::filesystem::path folder;  ///< of files that the card names; empty when there is none
};

[[noreturn]] void bad_field(const Source& source, const std::string& field, const std::string& what,
                            const std::string& hint = {}) {
  throw Error(ErrorKind::format, source.path + ": field '" + field + "' " + what, hint);
}

/// Words a found JSON value, cut short.
std::string shown(const Json& value) {
  constexpr std::size_t longest = 80;
  std::string text = value.dump(-1, ' ', true, Json::error_handler_t::replace);
  return text.size() <= longest ? text : text.substr(0, longest) + "..";
}

/// Returns a member, or null where it is absent.
const Json& member(const Json& object, const char* key) {
  static const Json nothing;
  const auto found = object.find(key);
  return found == object.end() ? nothing : *found;
}

std::string text_of(const Json& value, const std::string& field, const Source& source) {
  if (value.is_null()) return {};
  if (!value.is_string()) bad_field(source, field, "should be a text, but is " + shown(value));
  return value.get<std::string>();
}

int side_of(const Json& value, const std::string& field, const Source& source) {
  const bool whole = value.is_number_integer() || value.is_number_unsigned();
  if (!whole || value.get<double>() < 1 || value.get<double>() > most_input_side) {
    bad_field(source, field,
              "should be a whole number in 1.." + std::to_string(most_input_side) + ", but is " + shown(value));
  }
  return value.get<int>();
}

// --- the model's side ---

/// What the model says of its input; 0 where it is free.
struct InputExtent {
  int channels = 0, width = 0, height = 0;
};

int fixed_extent(std::int64_t extent) {
  return extent >= 1 && extent <= most_input_side ? static_cast<int>(extent) : 0;
}

/// Reads [N,C,H,W]; nothing when the input is no picture.
std::optional<InputExtent> input_extent(const Shape& shape) {
  if (shape.empty()) return InputExtent{};
  if (shape.size() != 4) return std::nullopt;
  return InputExtent{fixed_extent(shape[1]), fixed_extent(shape[3]), fixed_extent(shape[2])};
}

std::string shown(const Shape& shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    text += (i > 0 ? "," : "") + (shape[i] < 0 ? std::string("?") : std::to_string(shape[i]));
  }
  return text + "]";
}

// --- sizes and fits ---

Fit fit_of(const Json& value, const Source& source) {
  const std::string text = text_of(value, "preprocess.resize.fit", source);
  if (text == "shortest_side") return Fit::shortest_side;
  if (text == "central_share") return Fit::central_share;
  if (text == "stretch") return Fit::stretch;
  bad_field(source, "preprocess.resize.fit", "is " + shown(value), accepted_resize);
}

Resize parse_resize_object(const Json& object, const Source& source) {
  Resize resize;
  resize.fit = fit_of(member(object, "fit"), source);
  const auto side = [&](const char* key) {
    const Json& value = member(object, key);
    return value.is_null() ? 0 : side_of(value, std::string("preprocess.resize.") + key, source);
  };
  resize.width = side("width");
  resize.height = side("height");
  resize.resize_to = side("resize_to");
  if (resize.fit == Fit::shortest_side && resize.resize_to == 0) {
    bad_field(source, "preprocess.resize.resize_to", "is missing; the fit \"shortest_side\" needs it");
  }
  if (resize.fit != Fit::central_share) return resize;
  const Json& share = member(object, "central_share");
  if (!share.is_number() || !(share.get<double>() > 0 && share.get<double>() <= 1)) {
    bad_field(source, "preprocess.resize.central_share",
              "should be a number over 0 and at most 1, but is " + shown(share));
  }
  resize.central_share = share.get<double>();
  return resize;
}

Resize parse_resize(const Json& value, const Source& source) {
  if (value.is_object()) return parse_resize_object(value, source);
  if (value.is_null()) bad_field(source, "preprocess.resize", "is missing", accepted_resize);
  if (!value.is_string()) bad_field(source, "preprocess.resize", "is " + shown(value), accepted_resize);
  auto resize = parse_resize_text(value.get<std::string>());
  if (!resize) {
    bad_field(source, "preprocess.resize", "is " + shown(value) + ", which is not understood", accepted_resize);
  }
  return *resize;
}

/// Settles one side from the structured field, the model and the text, in this order.
int settle_side(int stated, int of_model, int if_free, const char* side, const Source& source) {
  if (stated > 0 && of_model > 0 && stated != of_model) {
    bad_field(source, std::string("preprocess.resize.") + side,
              "is " + std::to_string(stated) + ", but the model's input has " + std::to_string(of_model));
  }
  for (const int size : {stated, of_model, if_free}) {
    if (size > 0) return size;
  }
  bad_field(source, "preprocess.resize", std::string("gives no ") + side + ", and the model's input leaves it free",
            "state the size: {\"fit\": .., \"width\": 224, \"height\": 224}");
}

// --- colours ---

/// Pixels to the units of mean and std.
struct Range {
  double scale;
  double lowest;  ///< value of a black pixel
};

Range range_of(const Json& value, const Source& source) {
  const std::string text = text_of(value, "preprocess.range", source);
  if (text == "0..255") return {1, 0};
  if (text == "0..1") return {1.0 / 255, 0};
  if (text == "-1..1") return {1 / half_of_byte, -1};
  bad_field(source, "preprocess.range", "is " + shown(value), "accepted are \"0..255\", \"0..1\" and \"-1..1\"");
}

std::string channels_of(const Json& value, int of_model, const Source& source) {
  std::string text = text_of(value, "preprocess.channel_order", source);
  if (text == "GRAY") text = "GREY";
  if (text != "RGB" && text != "BGR" && text != "GREY") {
    bad_field(source, "preprocess.channel_order", "is " + shown(value), "accepted are \"RGB\", \"BGR\" and \"GREY\"");
  }
  const int channels = text == "GREY" ? 1 : 3;
  if (of_model > 0 && of_model != channels) {
    bad_field(source, "preprocess.channel_order",
              "is " + shown(value) + ", but the model's input has " + std::to_string(of_model) + " channels");
  }
  return text;
}

std::vector<double> numbers_of(const Json& value, const std::string& field, std::size_t channels, double otherwise,
                               const Source& source) {
  if (value.is_null()) return std::vector<double>(channels, otherwise);
  if (!value.is_array()) bad_field(source, field, "should be a list of numbers, but is " + shown(value));
  if (value.size() != channels) {
    bad_field(source, field,
              "has " + std::to_string(value.size()) + " numbers for " + std::to_string(channels) + " channels");
  }
  std::vector<double> numbers;
  for (const Json& number : value) {
    if (!number.is_number() || !std::isfinite(number.get<double>())) {
      bad_field(source, field + "[" + std::to_string(numbers.size()) + "]",
                "should be a number, but is " + shown(number));
    }
    numbers.push_back(number.get<double>());
  }
  return numbers;
}

std::optional<Preprocess> parse_preprocess(const Json& value, const Shape& model_input, const Source& source) {
  if (value.is_null()) return std::nullopt;
  if (!value.is_object()) bad_field(source, "preprocess", "should be an object or null, but is " + shown(value));
  const auto extent = input_extent(model_input);
  if (!extent) bad_field(source, "preprocess", "is for pictures, but the model's input is " + shown(model_input));
  const Resize resize = parse_resize(member(value, "resize"), source);
  const Range range = range_of(member(value, "range"), source);
  Preprocess result;
  result.channels = channels_of(member(value, "channel_order"), extent->channels, source);
  result.fit = resize.fit;
  result.resize_to = resize.resize_to;
  result.central_share = resize.central_share;
  result.width = settle_side(resize.width, extent->width, resize.width_if_free, "width", source);
  result.height = settle_side(resize.height, extent->height, resize.height_if_free, "height", source);
  const bool of_input = result.fit == Fit::shortest_side && result.resize_to == 0;
  if (of_input) result.resize_to = std::min(result.width, result.height);
  const std::size_t channels = result.channels == "GREY" ? 1 : 3;
  result.mean = numbers_of(member(value, "mean"), "preprocess.mean", channels, 0, source);
  result.std = numbers_of(member(value, "std"), "preprocess.std", channels, 1, source);
  for (std::size_t c = 0; c < channels; ++c) {
    if (result.std[c] <= 0) bad_field(source, "preprocess.std[" + std::to_string(c) + "]", "must be over 0");
    // pixel * scale + lowest - mean = pixel * scale - (mean - lowest); -1..1 is kept in pixels' own units.
    result.mean[c] -= range.lowest;
    if (range.lowest != 0) {
      result.mean[c] /= range.scale;
      result.std[c] /= range.scale;
    }
  }
  result.scale = range.lowest != 0 ? 1 : range.scale;
  return result;
}

// --- labels ---

/// Tells whether a line begins with a WordNet id as ImageNet's lists do: "n01440764 tench".
bool begins_with_wordnet_id(const std::string& line) {
  constexpr std::size_t digits = 8;
  if (line.size() < digits + 3 || line[0] != 'n' || line[digits + 1] != ' ') return false;
  return std::all_of(line.begin() + 1, line.begin() + 1 + digits, [](char c) { return c >= '0' && c <= '9'; });
}

std::vector<std::string> split_lines(std::string_view text) {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (text.substr(0, byte_order_mark.size()) == byte_order_mark) text.remove_prefix(byte_order_mark.size());
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string line(text.substr(0, end));
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t')) line.pop_back();
    lines.push_back(std::move(line));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

std::vector<std::string> read_labels(const std::filesystem::path& path) {
  const std::vector<std::byte> bytes = read_whole(path, most_file_bytes);
  std::vector<std::string> lines = split_lines({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  if (lines.empty()) throw Error(ErrorKind::format, path.string() + " has no labels", "write one per line");
  if (std::all_of(lines.begin(), lines.end(), begins_with_wordnet_id)) {
    for (std::string& line : lines) line.erase(0, line.find(' ') + 1);
  }
  return lines;
}

void read_labels_of(const Json& value, const Source& source, Card& card) {
  if (value.is_null()) return;
  if (value.is_array()) {
    for (const Json& label : value) {
      const std::string field = "labels[" + std::to_string(card.labels.size()) + "]";
      if (!label.is_string()) bad_field(source, field, "should be a text, but is " + shown(label));
      card.labels.push_back(label.get<std::string>());
    }
    card.labels_source = source.path;
    return;
  }
  if (!value.is_string()) {
    bad_field(source, "labels", "should be a file's name, a list or null, but is " + shown(value));
  }
  const std::filesystem::path file = value.get<std::string>();
  // A card from elsewhere must not make us read any file of its choosing.
  const bool outside = file.is_absolute() || file.empty() || source.folder.empty() ||
                       std::find(file.begin(), file.end(), "..") != file.end();
  if (outside) bad_field(source, "labels", "is " + shown(value) + "; it must name a file beside the card");
  const std::filesystem::path path = source.folder / file;
  card.labels = read_labels(path);
  card.labels_source = path.string();
}

// --- the whole ---

std::string licence_of(const Json& json, const Source& source) {
  for (const char* key : {"licence", "license"}) {
    if (json.contains(key)) return text_of(json[key], key, source);
    const Json& origin = member(json, "source");
    if (origin.is_object() && origin.contains(key)) return text_of(origin[key], std::string("source.") + key, source);
  }
  return {};
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
  return card;
}

// --- presets ---

/// A preset: its colours, and how pictures are fitted.
struct Preset {
  std::string_view name;
  std::string_view channels;
  double scale;
  std::array<double, 3> mean, std;
  Fit fit;
};

constexpr double tf_share = 0.875;
constexpr std::array presets{
    // torchvision's ImageNet statistics.
    Preset{"imagenet", "RGB", 1.0 / 255, {0.485, 0.456, 0.406}, {0.229, 0.224, 0.225}, Fit::shortest_side},
    // The ILSVRC mean pixel that Caffe's models are shipped with.
    Preset{"caffe", "BGR", 1, {104, 117, 123}, {1, 1, 1}, Fit::shortest_side},
    // TensorFlow's slim models: x / 127.5 - 1.
    Preset{"tf",
           "RGB",
           1,
           {half_of_byte, half_of_byte, half_of_byte},
           {half_of_byte, half_of_byte, half_of_byte},
           Fit::central_share},
    Preset{"none", "RGB", 1, {0, 0, 0}, {1, 1, 1}, Fit::stretch},
};

const Preset& find_preset(std::string_view name) {
  for (const Preset& preset : presets) {
    if (preset.name == name) return preset;
  }
  throw Error(ErrorKind::usage, "there is no preprocessing '" + std::string(name) + "'",
              "use imagenet, caffe, tf or none");
}

/// Grey stands for all three channels, so it takes their average.
std::vector<double> per_channel(const std::array<double, 3>& values, bool grey) {
  if (grey) return {(values[0] + values[1] + values[2]) / 3};
  return {values.begin(), values.end()};
}

// --- describing ---

std::string number_shown(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

std::string list_shown(const std::vector<double>& values) {
  std::string text;
  for (const double value : values) text += " " + number_shown(value);
  return text;
}

bool all_are(const std::vector<double>& values, double value) {
  return std::all_of(values.begin(), values.end(), [=](double v) { return v == value; });
}

}  // namespace

Card read_card(const std::filesystem::path& path, const Shape& model_input) {
  const std::vector<std::byte> bytes = read_whole(path, most_file_bytes);
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  Card card = parse_card({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, model_input,
                         {path.string(), folder}, path.stem().string());
  if (card.preprocess) card.preprocess->source = path.filename().string();
  return card;
}

Card card_from_metadata(const std::map<std::string, std::string>& metadata, const Shape& model_input) {
  const auto found = metadata.find(card_metadata_key);
  if (found == metadata.end()) return {};
  const Source source{std::string("model metadata '") + card_metadata_key + "'", {}};
  Card card = parse_card(found->second, model_input, source, {});
  if (card.preprocess) card.preprocess->source = "model metadata";
  return card;
}

Preprocess preset_preprocess(std::string_view name, const Shape& model_input) {
  const Preset& preset = find_preset(name);
  const auto extent = input_extent(model_input);
  if (!extent || (extent->channels != 0 && extent->channels != 1 && extent->channels != 3)) {
    throw Error(ErrorKind::shape,
                "'--preprocess " + std::string(name) + "' is for pictures of 1 or 3 channels, but the model's input " +
                    "is " + shown(model_input),
                "give the input as a .npy file");
  }
  const bool grey = extent->channels == 1;
  Preprocess result;
  result.source = "--preprocess " + std::string(name);
  result.width = extent->width > 0 ? extent->width : imagenet_side;
  result.height = extent->height > 0 ? extent->height : imagenet_side;
  result.fit = preset.fit;
  if (preset.fit == Fit::shortest_side) {
    const double scale = static_cast<double>(imagenet_resize_to) / imagenet_side;
    result.resize_to = static_cast<int>(std::lround(std::max(result.width, result.height) * scale));
  }
  if (preset.fit == Fit::central_share) result.central_share = tf_share;
  result.channels = grey ? "GREY" : std::string(preset.channels);
  result.scale = preset.scale;
  result.mean = per_channel(preset.mean, grey);
  result.std = per_channel(preset.std, grey);
  return result;
}

std::string describe(const Preprocess& preprocess) {
  const std::string size = std::to_string(preprocess.width) + "x" + std::to_string(preprocess.height);
  std::string text;
  switch (preprocess.fit) {
    case Fit::shortest_side:
      text = "shortest side " + std::to_string(preprocess.resize_to) + ", centre crop " + size;
      break;
    case Fit::central_share:
      text = "central " + number_shown(100 * preprocess.central_share) + " % stretched to " + size;
      break;
    case Fit::stretch: text = "stretched to " + size; break;
  }
  text += ", " + preprocess.channels + ", 0.." + number_shown(255 * preprocess.scale);
  if (!all_are(preprocess.mean, 0)) text += ", mean" + list_shown(preprocess.mean);
  if (!all_are(preprocess.std, 1)) text += ", std" + list_shown(preprocess.std);
  return text;
}

}  // namespace fovea

// Preprocessing in cards: x = (pixel * scale - mean) / std after a fit, from a card's words to numbers.
// SPDX-License-Identifier: Apache-2.0
#include "load/card_preprocess.h"

#include <algorithm>
#include <cmath>

#include <fovea/error.h>

#include "load/resize_text.h"

namespace fovea::cards {
namespace {

constexpr double half_of_byte = 127.5;
constexpr const char* accepted_resize =
    "accepted are \"shortest side 256, centre crop\", \"central 87.5 % of the image, resized\", \"224x224\", \"H and W "
    "divisible by 4 (trained at 384)\", \"any size divisible by 16\", or {\"fit\": "
    "\"shortest_side\"|\"central_share\"|\"stretch\", \"resize_to\", \"central_share\", \"width\", \"height\"}";

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

/// Reads the factor of pixels where no range has it; cards that we write ourselves may need one.
Range scale_of(const Json& value, const Json& range, const Source& source) {
  if (!range.is_null()) {
    bad_field(source, "preprocess.scale", "is given beside a range; only one can say what becomes of a pixel");
  }
  const bool positive = value.is_number() && std::isfinite(value.get<double>()) && value.get<double>() > 0;
  if (!positive) bad_field(source, "preprocess.scale", "should be a number over 0, but is " + shown(value));
  return {value.get<double>(), 0};
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

}  // namespace

std::optional<Preprocess> parse_preprocess(const Json& value, const Shape& model_input, const Source& source) {
  if (value.is_null()) return std::nullopt;
  if (!value.is_object()) bad_field(source, "preprocess", "should be an object or null, but is " + shown(value));
  const auto extent = input_extent(model_input);
  if (!extent) bad_field(source, "preprocess", "is for pictures, but the model's input is " + shown(model_input));
  const Resize resize = parse_resize(member(value, "resize"), source);
  const Json& scale = member(value, "scale");
  const Json& range_text = member(value, "range");
  const Range range = scale.is_null() ? range_of(range_text, source) : scale_of(scale, range_text, source);
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

}  // namespace fovea::cards

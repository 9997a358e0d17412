// Named presets of preprocessing, x = (pixel * scale - mean) / std, and how a preprocessing is worded in one line.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string_view>

#include <fovea/error.h>
#include <fovea/model.h>

#include "load/card_fields.h"

namespace fovea {
namespace {

constexpr int imagenet_side = 224;  // the input that "resize to 256" goes with
constexpr int imagenet_resize_to = 256;
constexpr double middle_of_byte = 127.5;

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
           {middle_of_byte, middle_of_byte, middle_of_byte},
           {middle_of_byte, middle_of_byte, middle_of_byte},
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

Preprocess preset_preprocess(std::string_view name, const Shape& model_input) {
  const Preset& preset = find_preset(name);
  const auto extent = cards::input_extent(model_input);
  if (!extent || (extent->channels != 0 && extent->channels != 1 && extent->channels != 3)) {
    throw Error(ErrorKind::shape,
                "'--preprocess " + std::string(name) + "' is for pictures of 1 or 3 channels, but the model's input " +
                    "is " + cards::shown(model_input),
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

// A small network with a card, and pictures, for tests of what is made.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <fovea/display.h>
#include <fovea/make.h>
#include <fovea/objective.h>

#include "support/failure.h"
#include "support/net.h"

namespace fovea::test {

constexpr int made_side = 16;

/// conv - relu ("early") - maxpool - conv - relu ("features") - global average pool - gemm, seeded; 16 px. RGB, or grey
/// with one channel; of any batch (-1), or of one size only.
inline Model made_model(std::int64_t channels = 3, std::int64_t batch = -1) {
  Net net;
  const ValueId data = net.input("data", {batch, channels, made_side, made_side});
  ValueId x = net.node("Relu", {net.conv(data, channels, 6, 3, 1, 1)}, {}, "early");
  x = net.node(
      "MaxPool", {x},
      attributes({{"kernel_shape", std::vector<std::int64_t>{3, 3}}, {"strides", std::vector<std::int64_t>{2, 2}}}));
  x = net.node("Relu", {net.conv(x, 6, 8, 3, 1, 1)}, {}, "features");
  net.gemm(net.node("Flatten", {net.node("GlobalAveragePool", {x})}), 8, 5);
  Model model = net.model();
  model.card.name = "small";
  model.card.labels = {"apple", "boat", "cat", "dog", "egg"};
  model.card.preprocess = Preprocess{.source = "test",
                                     .width = made_side,
                                     .height = made_side,
                                     .channels = "RGB",
                                     .scale = 1.0 / 255,
                                     .mean = {0.5, 0.4, 0.45},
                                     .std = {0.2, 0.25, 0.22}};
  if (channels == 1) {
    model.card.preprocess->channels = "GREY";
    model.card.preprocess->mean = {0.45};
    model.card.preprocess->std = {0.22};
  }
  return model;
}

/// A picture of stripes and a bright box.
inline Image striped(int side = made_side) {
  Image image = make_image(side, side);
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      const bool box = x >= side / 2 && y >= side / 3 && y < 2 * side / 3;
      image.at(x, y)[0] = static_cast<std::uint8_t>(box ? 230 : 40 + 60 * (x / 2 % 2));
      image.at(x, y)[1] = static_cast<std::uint8_t>(box ? 200 : 90);
      image.at(x, y)[2] = static_cast<std::uint8_t>(60 + 8 * (y % 16));
    }
  }
  return image;
}

/// Makes something with the small network.
inline Made made(const char* kind, const Settings& settings, std::vector<NamedImage> pictures = {},
                 const std::string& preset = {}, std::uint64_t seed = 3) {
  static const Model model = made_model();
  return make_picture(find_make_kind(kind), &model, pictures, {.preset = preset, .settings = settings, .seed = seed});
}

/// Returns a figure by its name; a test without it fails.
inline double figure(const Made& made, std::string_view name) {
  for (const auto& [key, value] : made.figures) {
    if (key == name) return value;
  }
  ADD_FAILURE() << "no figure " << name;
  return 0;
}

}  // namespace fovea::test

// A data set for tests, in memory: each class is a filled rectangle in its own corner, in noise.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <fovea/data.h>

#include "core/random.h"

namespace fovea::test {

/// Pictures of 24 x 24 px in four classes, a quarter each.
class PaintedPictures : public Pictures {
 public:
  PaintedPictures(std::int64_t count, std::uint64_t seed) : count_(count), seed_(seed) {}

  std::int64_t size() const override { return count_; }
  const std::vector<std::string>& labels() const override { return labels_; }
  std::int64_t label(std::int64_t index) const override { return index % 4; }
  std::string name(std::int64_t index) const override { return "painted " + std::to_string(index); }

  Sample at(std::int64_t index) const override {
    constexpr int side = 24;
    constexpr double noise = 120;
    Image picture = make_image(side, side);
    const Tensor draws = uniform({side * side * 3}, seed_, static_cast<std::uint64_t>(index));
    for (std::size_t i = 0; i < picture.rgb.size(); ++i) {
      picture.rgb[i] = static_cast<std::uint8_t>(noise * draws.data_ptr<float>()[i]);
    }
    const int left = label(index) % 2 == 0 ? 2 : side / 2;
    const int top = label(index) / 2 == 0 ? 2 : side / 2;
    for (int y = top; y < top + 9; ++y) {
      for (int x = left; x < left + 9; ++x) std::fill_n(picture.at(x, y), 3, std::uint8_t{220});
    }
    return {.picture = std::move(picture), .label = label(index), .name = name(index), .boxes = {}};
  }

 private:
  std::int64_t count_;
  std::uint64_t seed_;
  std::vector<std::string> labels_{"upper left", "upper right", "lower left", "lower right"};
};

}  // namespace fovea::test

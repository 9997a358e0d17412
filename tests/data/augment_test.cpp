// Changes of pictures in training: their draws by count, what they do to pixels by hand, and none of them at all.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "data/augment.h"
#include "data/input_table.h"

#include "../support/failure.h"

namespace fovea {
namespace {

using test::failure_of;
using test::holds;

Preprocess square(int side, Fit fit = Fit::stretch) {
  return {.source = "test",
          .width = side,
          .height = side,
          .fit = fit,
          .resize_to = side,
          .mean = {0, 0, 0},
          .std = {1, 1, 1}};
}

/// Red counts columns, green rows.
Image ramps(int width, int height) {
  Image image = make_image(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      image.at(x, y)[0] = static_cast<std::uint8_t>(x);
      image.at(x, y)[1] = static_cast<std::uint8_t>(y);
    }
  }
  return image;
}

constexpr int draws = 4000;

TEST(augment, nothing_is_changed_unless_asked_for) {
  const Changes changes = draw_changes({}, square(8), 10, 20, 1, 2, 3);
  EXPECT_FALSE(changes.crop || changes.erased || changes.mirrored);
  EXPECT_EQ(changes.brightness * changes.contrast * changes.saturation, 1);
  const Image picture = ramps(10, 20);
  EXPECT_EQ(changed(picture, square(8), changes).rgb, fit_image(picture, square(8)).rgb);
}

TEST(augment, boxes_cover_their_share_inside_the_picture) {
  constexpr int width = 400;
  constexpr int height = 300;
  double sum = 0;
  double least = 1;
  double narrowest = 9;
  double widest = 0;
  for (int i = 0; i < draws; ++i) {
    const auto changes = draw_changes({.least_area = 0.25, .stretch = 1.5}, square(64), width, height, 5, 0, i);
    const PixelBox box = changes.crop.value();
    ASSERT_TRUE(box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height);
    const double share = static_cast<double>(box.width) * box.height / (width * height);
    const double aspect = static_cast<double>(box.width) / box.height / (4.0 / 3);
    sum += share;
    least = std::min(least, share);
    narrowest = std::min(narrowest, aspect);
    widest = std::max(widest, aspect);
  }
  EXPECT_NEAR(sum / draws, 0.625, 0.015);  // uniform in 0.25 to 1; standard error 0.0034
  EXPECT_NEAR(least, 0.25, 0.01);
  EXPECT_NEAR(narrowest, 1 / 1.5, 0.02);
  EXPECT_NEAR(widest, 1.5, 0.03);
}

TEST(augment, boxes_lie_everywhere) {
  std::vector<int> first(4, 0);
  for (int i = 0; i < draws; ++i) {
    const PixelBox box = *draw_changes({.least_area = 0.25}, square(64), 100, 100, 5, 0, i).crop;
    if (box.width == 100) continue;
    const int x = box.x * 2 > 100 - box.width ? 1 : 0;
    const int y = box.y * 2 > 100 - box.height ? 1 : 0;
    ++first[static_cast<std::size_t>(2 * y + x)];
  }
  for (const int count : first) EXPECT_NEAR(count, draws / 4.0, draws / 20.0);
}

TEST(augment, aspect_is_measured_against_what_the_network_sees) {
  for (int i = 0; i < 200; ++i) {
    // Stretched to a square, a picture twice as wide as high keeps its own aspect; cut to one, boxes are squares.
    const PixelBox own = *draw_changes({.least_area = 0.5}, square(64), 800, 400, 5, 0, i).crop;
    EXPECT_NEAR(own.width, 2 * own.height, 2);
    const auto p = square(64, Fit::shortest_side);
    const PixelBox cut = *draw_changes({.least_area = 0.1}, p, 800, 400, 5, 0, i).crop;
    EXPECT_NEAR(cut.width, cut.height, 1);
  }
}

TEST(augment, a_panorama_is_not_squashed) {
  const auto p = square(64, Fit::shortest_side);
  for (int i = 0; i < 200; ++i) {
    const PixelBox box = *draw_changes({.least_area = 0.9, .stretch = 1.25}, p, 1000, 50, 5, 0, i).crop;
    EXPECT_EQ(box.height, 50);
    EXPECT_NEAR(box.width, 62.5, 1);  // as near as may be to what would cover 0.9 of it
  }
  const PixelBox dot = *draw_changes({.least_area = 0.01}, p, 1, 1, 5, 0, 0).crop;
  EXPECT_EQ(dot, (PixelBox{0, 0, 1, 1}));
}

TEST(augment, every_second_picture_is_mirrored) {
  int mirrored = 0;
  for (int i = 0; i < draws; ++i) mirrored += draw_changes({.flip = true}, square(8), 8, 8, 5, 0, i).mirrored ? 1 : 0;
  EXPECT_NEAR(mirrored, draws / 2, 130);  // four standard errors
}

TEST(augment, factors_and_boxes_of_noise_keep_their_ranges) {
  double product = 0;
  int erased = 0;
  for (int i = 0; i < draws; ++i) {
    const auto changes = draw_changes({.colour = 0.4, .erase = 0.25}, square(100), 50, 50, 5, 0, i);
    for (const double factor : {changes.brightness, changes.contrast, changes.saturation}) {
      ASSERT_TRUE(factor >= 0.6 && factor <= 1.4);
      product += factor / 3;
    }
    if (!changes.erased) continue;
    ++erased;
    const PixelBox box = *changes.erased;
    ASSERT_TRUE(box.x >= 0 && box.y >= 0 && box.x + box.width <= 100 && box.y + box.height <= 100);
    const int area = box.width * box.height;
    ASSERT_TRUE(area > 180 && area < 2080) << area;  // 2 to 20 % less rounding of both sides
  }
  EXPECT_NEAR(product / draws, 1, 0.01);
  EXPECT_NEAR(erased, draws / 4, 110);
}

TEST(augment, draws_are_keyed_by_seed_epoch_and_picture) {
  const Augmentation all{.least_area = 0.3, .stretch = 1.3, .flip = true, .colour = 0.4, .erase = 1};
  const auto drawn = [&](std::uint64_t seed, std::int64_t epoch, std::int64_t picture) {
    return draw_changes(all, square(64), 400, 300, seed, epoch, picture);
  };
  const Changes base = drawn(1, 2, 3);
  EXPECT_EQ(drawn(1, 2, 3).brightness, base.brightness);
  EXPECT_EQ(drawn(1, 2, 3).crop, base.crop);
  for (const Changes& other : {drawn(2, 2, 3), drawn(1, 3, 3), drawn(1, 2, 4), drawn(1, 3, 2)}) {
    EXPECT_NE(other.brightness, base.brightness);
    EXPECT_NE(other.crop, base.crop);
    EXPECT_NE(other.noise_stream == base.noise_stream, other.noise_key == base.noise_key);
  }
}

TEST(augment, one_kind_leaves_the_others_draws_alone) {
  const Changes all =
      draw_changes({.least_area = 0.3, .flip = true, .colour = 0.4, .erase = 1}, square(64), 90, 90, 1, 2, 3);
  EXPECT_EQ(draw_changes({.least_area = 0.3}, square(64), 90, 90, 1, 2, 3).crop, all.crop);
  EXPECT_EQ(draw_changes({.colour = 0.4}, square(64), 90, 90, 1, 2, 3).contrast, all.contrast);
  EXPECT_EQ(draw_changes({.erase = 1}, square(64), 90, 90, 1, 2, 3).erased, all.erased);
}

TEST(augment, a_box_is_cut_out_and_resized) {
  Changes changes;
  changes.crop = PixelBox{10, 20, 8, 8};
  const Image same = changed(ramps(50, 50), square(8), changes);
  EXPECT_EQ(same.at(3, 5)[0], 13);
  EXPECT_EQ(same.at(3, 5)[1], 25);
  changes.crop = PixelBox{10, 20, 32, 32};  // a quarter: blocks of 4 x 4 are averaged
  const Image quarter = changed(ramps(60, 60), square(8), changes);
  EXPECT_NEAR(quarter.at(3, 5)[0], 10 + 4 * 3 + 1.5, 0.51);
  EXPECT_NEAR(quarter.at(3, 5)[1], 20 + 4 * 5 + 1.5, 0.51);
  changes.crop = PixelBox{10, 20, 4, 32};  // one side grows, the other shrinks
  const Image mixed = changed(ramps(60, 60), square(8), changes);
  EXPECT_NEAR(mixed.at(4, 5)[0], 10 + (4.5 / 2 - 0.5), 0.51);
  EXPECT_NEAR(mixed.at(4, 5)[1], 20 + 4 * 5 + 1.5, 0.51);
}

TEST(augment, averaging_sees_every_pixel) {
  Image picture = make_image(64, 64);
  *picture.at(33, 30) = 255;
  Changes changes;
  changes.crop = PixelBox{0, 0, 64, 64};
  EXPECT_GT(*changed(picture, square(8), changes).at(4, 3), 0);
}

/// One picture of two pixels, its colours changed.
std::vector<std::uint8_t> coloured(Colour first, Colour second, double brightness, double contrast, double saturation) {
  Image picture = make_image(2, 1, first);
  std::copy(second.begin(), second.end(), picture.at(1, 0));
  Preprocess p = square(1);
  p.width = 2;
  return changed(picture, p, {.brightness = brightness, .contrast = contrast, .saturation = saturation}).rgb;
}

TEST(augment, colours_change_by_hand) {
  using Pixels = std::vector<std::uint8_t>;
  EXPECT_EQ(coloured({10, 20, 30}, {200, 100, 0}, 1.5, 1, 1), (Pixels{15, 30, 45, 255, 150, 0}));
  // Greys 40 and 80 have the mean 60; half the contrast is half the distance from it.
  EXPECT_EQ(coloured({40, 40, 40}, {80, 80, 80}, 1, 0.5, 1), (Pixels{50, 50, 50, 70, 70, 70}));
  EXPECT_EQ(coloured({40, 40, 40}, {80, 80, 80}, 1, 1, 0.3), (Pixels{40, 40, 40, 80, 80, 80}));
  // Luma of (100, 0, 0) is 29.9, of (0, 0, 200) 22.8: without saturation both are grey.
  EXPECT_EQ(coloured({100, 0, 0}, {0, 0, 200}, 1, 1, 0), (Pixels{30, 30, 30, 23, 23, 23}));
  // Luma 29.9 and 22.8, mean 26.35: 2 (0.5 (0.5 * 100 + 0.5 * 29.9) + 0.5 * 26.35) = 91.3 and so on.
  EXPECT_EQ(coloured({100, 0, 0}, {0, 0, 200}, 2, 0.5, 0.5), (Pixels{91, 41, 41, 38, 38, 138}));
}

TEST(augment, a_box_becomes_noise_and_nothing_else) {
  const Image picture = make_image(60, 60, {7, 7, 7});
  Changes changes;
  changes.erased = PixelBox{10, 20, 30, 25};
  changes.noise_key = 1;
  const Image result = changed(picture, square(60), changes);
  double sum = 0;
  int untouched = 0;
  for (int y = 0; y < 60; ++y) {
    for (int x = 0; x < 60; ++x) {
      const bool inside = x >= 10 && x < 40 && y >= 20 && y < 45;
      for (int c = 0; c < 3; ++c) {
        sum += inside ? result.at(x, y)[c] : 0;
        untouched += !inside && result.at(x, y)[c] == 7 ? 1 : 0;
      }
    }
  }
  EXPECT_EQ(untouched, 3 * (60 * 60 - 30 * 25));
  EXPECT_NEAR(sum / (3 * 30 * 25), 127.5, 6);  // standard error 1.6
  changes.noise_stream = 1;
  EXPECT_NE(changed(picture, square(60), changes).rgb, result.rgb);
}

TEST(augment, values_out_of_range_are_refused) {
  for (const Augmentation& wrong :
       {Augmentation{.least_area = 0}, Augmentation{.least_area = 1.1}, Augmentation{.stretch = 0.9},
        Augmentation{.colour = -0.1}, Augmentation{.colour = 1.5}, Augmentation{.erase = 2},
        Augmentation{.erase = std::nan("")}}) {
    EXPECT_TRUE(holds(failure_of([&] { check(wrong); }), "usage: augmentation by "));
  }
  EXPECT_EQ(failure_of([] { check(Augmentation{.least_area = 0.08, .stretch = 1.33, .colour = 0.4, .erase = 0.5}); }),
            "");
}

TEST(augment_input, is_to_input_to_the_last_bit) {
  const Image picture = [] {
    Image image = make_image(16, 16);
    for (std::size_t i = 0; i < image.rgb.size(); ++i) image.rgb[i] = static_cast<std::uint8_t>(i * 7 % 256);
    return image;
  }();
  for (const char* channels : {"RGB", "BGR", "GREY"}) {
    Preprocess p = square(16);
    p.channels = channels;
    p.scale = 1.0 / 255;
    p.mean = {0.485, 0.456, 0.406};
    p.std = {0.229, 0.224, 0.225};
    if (p.channels == "GREY") p.mean.resize(1), p.std.resize(1);
    const InputTable table(p);
    const Tensor expected = to_input(picture, p);  // channels first
    const std::int64_t count = table.channels();
    std::vector<float> plain(static_cast<std::size_t>(expected.numel()));
    std::vector<float> mirrored(plain.size());
    table.write(picture, false, plain.data());
    table.write(picture, true, mirrored.data());
    const auto* value = expected.data_ptr<float>();
    for (std::int64_t c = 0; c < count; ++c) {
      for (std::int64_t y = 0; y < 16; ++y) {
        for (std::int64_t x = 0; x < 16; ++x, ++value) {
          EXPECT_EQ(plain[static_cast<std::size_t>((y * 16 + x) * count + c)], *value);
          EXPECT_EQ(mirrored[static_cast<std::size_t>((y * 16 + 15 - x) * count + c)], *value);
        }
      }
    }
  }
}

TEST(augment_input, an_incomplete_preprocessing_is_refused) {
  Preprocess p = square(8);
  p.mean.pop_back();
  EXPECT_TRUE(holds(failure_of([&] { const InputTable table(p); }), "usage: "));
  EXPECT_TRUE(holds(failure_of([&] { const InputTable table(square(0)); }), "usage: "));
}

}  // namespace
}  // namespace fovea

// SPDX-License-Identifier: Apache-2.0
#include <fovea/invariance.h>

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include <fovea/plot.h>

#include "core/random.h"
#include "support/failure.h"
#include "support/net.h"

namespace fovea {
namespace {

using namespace test;

constexpr int side = 8;

Image noise(int width, int height) {
  Image image = make_image(width, height);
  const Tensor draws = uniform({static_cast<std::int64_t>(image.rgb.size())}, 3, 1);
  for (std::size_t i = 0; i < image.rgb.size(); ++i) {
    image.rgb[i] = static_cast<std::uint8_t>(255 * draws.data_ptr<float>()[i]);
  }
  return image;
}

/// x -> conv1 (the identity) -> relu1 -> mean over positions -> flat -> fc: two classes, red against blue.
Model mean_colour() {
  Net net;
  const ValueId x = net.input("x", {-1, 3, side, side});
  const ValueId weight = net.constant(tensor({1, 0, 0, 0, 1, 0, 0, 0, 1}, {3, 3, 1, 1}));
  const ValueId rectified = net.node("Relu", {net.node("Conv", {x, weight}, {}, "conv1")}, {}, "relu1");
  const ValueId mean = net.node("GlobalAveragePool", {rectified}, {}, "mean");
  const ValueId flat = net.node("Flatten", {mean}, {}, "flat");
  const ValueId classes = net.constant(tensor({4, 0, 0, 0, 0, 4}, {2, 3}));
  net.node("Gemm", {flat, classes}, attributes({{"transB", std::int64_t{1}}}), "fc");
  Model model = net.model();
  model.card.preprocess =
      Preprocess{.width = side, .height = side, .scale = 1.0 / 255, .mean = {0, 0, 0}, .std = {1, 1, 1}};
  model.card.labels = {"red", "blue"};
  return model;
}

TEST(invariance, right_angles_are_exact_and_turn_anticlockwise) {
  const Image picture = noise(side, side);
  const Image quarter = transformed(picture, Transformation::rotation, 90, Border::mean);
  const Image half = transformed(picture, Transformation::rotation, 180, Border::mean);
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      EXPECT_TRUE(std::equal(quarter.at(x, y), quarter.at(x, y) + 3, picture.at(side - 1 - y, x))) << x << " " << y;
      EXPECT_TRUE(std::equal(half.at(x, y), half.at(x, y) + 3, picture.at(side - 1 - x, side - 1 - y)));
    }
  }
}

TEST(invariance, what_changes_nothing_is_exact) {
  const Image picture = noise(side, 5);
  EXPECT_EQ(transformed(picture, Transformation::rotation, 0, Border::mean).rgb, picture.rgb);
  EXPECT_EQ(transformed(picture, Transformation::scale, 1, Border::edge).rgb, picture.rgb);
  EXPECT_EQ(transformed(picture, Transformation::translation, 0, Border::reflect).rgb, picture.rgb);
}

TEST(invariance, translations_are_whole_pixels_and_borders_are_filled) {
  Image picture = make_image(side, side, {0, 0, 0});
  std::fill_n(picture.at(0, 0), 3 * side, std::uint8_t{240});  // the first row
  const double two_rows = 2 * 224.0 / side;
  const auto row = [&](Border border, int y) {
    return int{transformed(picture, Transformation::translation, two_rows, border).at(3, y)[0]};
  };
  EXPECT_EQ(row(Border::mean, 2), 240);
  EXPECT_EQ(row(Border::mean, 0), 30) << "an eighth of the picture is 240";
  EXPECT_EQ(row(Border::edge, 0), 240);
  EXPECT_EQ(row(Border::reflect, 1), 240);
  EXPECT_EQ(row(Border::reflect, 0), 0);
  EXPECT_EQ(row(Border::mean, 3), 0);
}

TEST(invariance, an_enlarged_picture_shows_its_middle) {
  Image picture = make_image(side, side, {10, 10, 10});
  for (int y = 3; y < 5; ++y) std::fill_n(picture.at(3, y), 6, std::uint8_t{200});
  const Image large = transformed(picture, Transformation::scale, 2, Border::mean);
  std::int64_t bright = 0;
  for (std::size_t i = 0; i < large.rgb.size(); i += 3) bright += large.rgb[i] > 105 ? 1 : 0;
  EXPECT_EQ(bright, 16) << "2 x 2 px become 4 x 4";
  EXPECT_EQ(failure_of([&] { transformed(picture, Transformation::scale, 0.5, Border::mean); }),
            "usage: a picture cannot be enlarged by 0.500000, expected 1 or more");
}

TEST(invariance, steps_reach_their_end) {
  const std::vector<double> scale = numbers_of({1, 1.8, 0.04});
  ASSERT_EQ(scale.size(), 21U);
  EXPECT_EQ(scale.back(), 1.8);
  EXPECT_EQ(numbers_of({0, 1, 0.3}).size(), 4U);
  EXPECT_TRUE(holds(failure_of([] { numbers_of({1, 0, 1}); }), "cannot be"));
  EXPECT_TRUE(holds(failure_of([] { numbers_of({0, 1, 0}); }), "cannot be"));
  EXPECT_TRUE(holds(failure_of([] { numbers_of({0, 1e9, 1}); }), "cannot be"));
}

TEST(invariance, a_mean_over_positions_does_not_see_a_turn_and_the_first_layer_does) {
  const Model model = mean_colour();
  const Image picture = noise(side, side);
  const InvariancePicture asked{.name = "noise", .seen = picture, .label = 1};
  const Invariance result = measure_invariance(model, {&asked, 1}, {.rotation = {0, 270, 90}, .progress = {}});
  EXPECT_EQ(result.first, "relu1");
  EXPECT_EQ(result.last, "flat");
  EXPECT_FALSE(result.last_has_positions);
  const InvarianceCurve& turns = result.pictures.front().curves[2];
  ASSERT_EQ(turns.amounts, (std::vector<double>{0, 90, 180, 270}));
  const Tensor x = to_input(picture, *model.card.preprocess);
  for (std::size_t i = 0; i < 4; ++i) {
    const Image turned = transformed(picture, Transformation::rotation, turns.amounts[i], Border::mean);
    EXPECT_NEAR(turns.first[i], relative_error(to_input(turned, *model.card.preprocess), x), 1e-6);
    EXPECT_NEAR(turns.last[i], 0, 1e-6);
    EXPECT_NEAR(turns.probability[i], result.pictures.front().probability, 1e-6);
  }
  EXPECT_GT(turns.first[1], 0.3);
  const Tensor mean = x.mean({2, 3});
  const double difference = 4 * (mean[0][2] - mean[0][0]).item<double>();
  EXPECT_NEAR(result.pictures.front().probability, 1 / (1 + std::exp(-difference)), 1e-5);
}

TEST(invariance, the_best_class_is_followed_unless_one_is_named) {
  const Model model = mean_colour();
  const InvariancePicture blue{.name = "blue", .seen = make_image(side, side, {20, 20, 200}), .label = {}};
  const Invariance result = measure_invariance(model, {&blue, 1}, {.rotation = {0, 180, 90}, .progress = {}});
  EXPECT_EQ(result.pictures.front().label, 1);
  const std::vector<InvarianceSummary> summary = summarise(result);
  ASSERT_EQ(summary.size(), 3U);
  for (const InvarianceSummary& s : summary) {
    EXPECT_EQ(s.kept, 1) << "an even picture stays as it is";
    EXPECT_NEAR(s.first_mean, 0, 1e-6);
    EXPECT_NEAR(s.probability_mean, result.pictures.front().probability, 1e-6);
  }
}

TEST(invariance, summaries_are_means_by_hand) {
  PictureInvariance one{.picture = {.name = "a", .seen = {}, .label = {}}, .label = 1, .curves = {}};
  one.curves.push_back({.transformation = Transformation::translation,
                        .amounts = {-10, 0, 10},
                        .first = {0.4, 0, 0.8},
                        .last = {0.1, 0, 0.3},
                        .probability = {0.5, 0.9, 0.7},
                        .predicted = {0, 1, 1}});
  one.curves.push_back({.transformation = Transformation::scale,
                        .amounts = {1, 2},
                        .first = {0, 1},
                        .last = {0, 0.5},
                        .probability = {1, 0.25},
                        .predicted = {1, 1}});
  one.curves.push_back({.transformation = Transformation::rotation,
                        .amounts = {0, 90},
                        .first = {0, 1},
                        .last = {0, 1},
                        .probability = {1, 0},
                        .predicted = {1, 0}});
  const InvarianceSummary moved = summarise({.pictures = {one}}).front();
  EXPECT_DOUBLE_EQ(moved.amount, 10);
  EXPECT_DOUBLE_EQ(moved.first_smallest, 0.8);
  EXPECT_DOUBLE_EQ(moved.first_mean, 0.6);
  EXPECT_DOUBLE_EQ(moved.last_mean, 0.2);
  EXPECT_DOUBLE_EQ(moved.probability_mean, 0.6);
  EXPECT_DOUBLE_EQ(moved.kept, 0.5);
}

TEST(invariance, says_what_is_wrong) {
  const Model model = mean_colour();
  EXPECT_EQ(failure_of([&] { measure_invariance(model, {}); }), "usage: there is no picture to move, enlarge or turn");
  const InvariancePicture wrong{.name = "w", .seen = noise(side, side), .label = 7};
  EXPECT_EQ(failure_of([&] { measure_invariance(model, {&wrong, 1}); }), "usage: there is no class 7");
  const InvariancePicture black{.name = "black", .seen = make_image(side, side), .label = {}};
  EXPECT_TRUE(holds(failure_of([&] {
                      measure_invariance(model, {&black, 1});
                    }),
                    "format: the features of black at 'relu1' have the norm 0"));
  Model bare = model;
  bare.card.preprocess.reset();
  EXPECT_TRUE(holds(failure_of([&] { measure_invariance(bare, {&wrong, 1}); }), "does not say how a picture"));
  const InvariancePicture fine{.name = "f", .seen = noise(side, side), .label = {}};
  EXPECT_EQ(failure_of([&] {
              measure_invariance(model, {&fine, 1}, {.progress = [](std::int64_t, std::int64_t) { return false; }});
            }),
            "stopped: stopped");
}

TEST(invariance, every_picture_has_its_colour_on_the_page) {
  const Model model = mean_colour();
  std::vector<InvariancePicture> pictures;
  for (int i = 0; i < 3; ++i) pictures.push_back({"p" + std::to_string(i), noise(side, side), {}});
  std::int64_t told = 0;
  std::int64_t total = 0;
  const Invariance result = measure_invariance(model, pictures, {.progress = [&](std::int64_t done, std::int64_t all) {
                                                 told = done;
                                                 total = all;
                                                 return true;
                                               }});
  EXPECT_EQ(told, total);
  const Image page = rasterise(draw_invariance(result, model.card, "title"));
  for (std::size_t p = 0; p < 3; ++p) {
    const Colour colour = line_colour(p);
    std::int64_t pixels = 0;
    for (std::size_t i = 0; i < page.rgb.size(); i += 3) {
      pixels += std::equal(colour.begin(), colour.end(), page.rgb.data() + i) ? 1 : 0;
    }
    EXPECT_GT(pixels, 2000);
  }
  Invariance many = result;
  while (many.pictures.size() <= most_invariance_pictures) many.pictures.push_back(many.pictures.front());
  EXPECT_TRUE(holds(failure_of([&] { draw_invariance(many, model.card, ""); }), "a page shows 1 to 7 pictures"));
}

}  // namespace
}  // namespace fovea

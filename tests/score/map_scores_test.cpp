// Techniques times measures over a small data set: what is asked, what is taken over, how it is summed up.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include <ATen/ops/zeros.h>

#include <fovea/map_scores.h>
#include <fovea/score.h>
#include <fovea/world.h>

#include "score/class_match.h"
#include "support/failure.h"
#include "support/net.h"

namespace fovea {
namespace {

/// A small network with seeded weights for the world's classes, with a card.
Model small_network(std::int64_t classes = 16) {
  test::Net net;
  ValueId x = net.node("Relu", {net.conv(net.input("x", {-1, 3, 32, 32}), 3, 6, 5, 2, 2)});
  x = net.node("Relu", {net.conv(x, 6, 6, 3, 2, 1)});
  net.gemm(net.node("Flatten", {x}), 6 * 8 * 8, classes);
  Model model = net.model();
  model.card.preprocess = Preprocess{.source = "test",
                                     .width = 32,
                                     .height = 32,
                                     .scale = 1.0 / 255,
                                     .mean = {0.5, 0.5, 0.5},
                                     .std = {0.25, 0.25, 0.25}};
  return model;
}

const Settings few_steps{{"steps", "4"}};

class map_scores : public ::testing::Test {
 protected:
  Model model = small_network();
  std::unique_ptr<Pictures> pictures = world_pictures({.size = 32, .biases = {}}, 7, 0, 20);
  MapQuestions questions{.model = model,
                         .pictures = *pictures,
                         .techniques = {&find_technique("saliency"), &find_technique("cam"), &find_technique("rise")},
                         .measures = {all_measures().begin(), all_measures().end()},
                         .settings = {{"rise", {{"samples", "8"}}}, {"insertion", few_steps}, {"deletion", few_steps}},
                         .seed = 3};
};

const MapRow& row_of(const PictureScores& scores, std::string_view name) {
  for (const MapRow& row : scores.rows) {
    if (row.name == name) return row;
  }
  throw std::runtime_error("no row " + std::string(name));
}

TEST_F(map_scores, every_measure_of_every_technique_and_baseline) {
  const PictureScores scores = MapScorer(questions).score(4);
  ASSERT_EQ(scores.rows.size(), 6u);
  EXPECT_EQ(scores.label, scene_label(7, 4));
  EXPECT_GT(scores.area, 0);
  for (const std::string_view name : {"saliency", "rise", "random", "centre", "edges"}) {
    const MapRow& row = row_of(scores, name);
    EXPECT_TRUE(row.failure.empty());
    EXPECT_EQ(row.baseline, name == "random" || name == "centre" || name == "edges");
    for (const Measure* measure : questions.measures) {
      for (const Quantity& quantity : measure->quantities) {
        EXPECT_TRUE(row.values.contains(quantity.name)) << name << " " << quantity.name;
      }
      EXPECT_EQ(row.curves.contains(measure->name), !measure->curve_x.empty()) << measure->name;
    }
  }
  EXPECT_NEAR(row_of(scores, "edges").values.at("sanity"), 1, 1e-9) << "edges look at no network";
  EXPECT_EQ(row_of(scores, "centre").values.at("max_sensitivity"), 0);
  EXPECT_LT(std::abs(row_of(scores, "random").values.at("sanity")), 0.3) << "new numbers each time";
}

TEST_F(map_scores, a_technique_that_does_not_apply_says_why) {
  const PictureScores scores = MapScorer(questions).score(0);
  EXPECT_FALSE(row_of(scores, "cam").failure.empty()) << "no global average here";
  EXPECT_TRUE(row_of(scores, "cam").values.empty());
  const MapTable table = summarise(std::span(&scores, 1), questions.measures);
  EXPECT_FALSE(table.rows[1].failure.empty());
}

TEST_F(map_scores, less_is_asked_of_what_runs_the_network_many_times) {
  const MapScorer scorer(questions);
  const PictureScores shallow = scorer.score(1, {.depth = {.runs = false, .asks_again = false}});
  EXPECT_EQ(shallow.rows.size(), 5u) << "no rise";
  EXPECT_FALSE(row_of(shallow, "saliency").values.contains("insertion"));
  EXPECT_TRUE(row_of(shallow, "saliency").values.contains("pointing"));
  const PictureScores middle = scorer.score(1, {.depth = {.runs = true, .asks_again = false}});
  EXPECT_FALSE(row_of(middle, "rise").values.contains("sanity"));
  EXPECT_TRUE(row_of(middle, "rise").values.contains("insertion"));
  EXPECT_TRUE(row_of(middle, "saliency").values.contains("sanity"));
}

TEST_F(map_scores, what_is_known_is_taken_over_and_the_rest_is_asked) {
  const MapScorer scorer(questions);
  PictureScores known = scorer.score(2, {.depth = {.runs = false, .asks_again = false}});
  known.rows[0].values["pointing"] = 0.123;  // to see that it is not asked again
  std::vector<std::string> asked;
  const OnMap on_map = [&](std::string_view name, const Map&, const AnsweredPicture&) { asked.emplace_back(name); };
  const PictureScores same = scorer.score(
      2, {.depth = {.runs = false, .asks_again = false}, .known = &known, .progress = {}, .on_map = on_map});
  EXPECT_TRUE(asked.empty());
  EXPECT_EQ(same.rows[0].values.at("pointing"), 0.123);
  const PictureScores deeper = scorer.score(2, {.depth = {}, .known = &known, .progress = {}, .on_map = on_map});
  EXPECT_EQ(asked, (std::vector<std::string>{"saliency", "rise", "random", "centre", "edges"}));
  EXPECT_TRUE(row_of(deeper, "saliency").values.contains("insertion"));
}

TEST_F(map_scores, the_same_numbers_again) {
  const auto values = [&] { return row_of(MapScorer(questions).score(3), "saliency").values; };
  const auto first = values();
  for (const auto& [name, value] : values()) {
    EXPECT_TRUE(value == first.at(name) || (std::isnan(value) && std::isnan(first.at(name)))) << name;
  }
}

TEST_F(map_scores, wrong_settings_are_told_before_the_work) {
  questions.settings["insertion"] = {{"steps", "-3"}};
  EXPECT_TRUE(test::holds(test::failure_of([&] { MapScorer{questions}; }), "measure 'insertion'"));
}

TEST_F(map_scores, stops_when_told) {
  const MapScorer scorer(questions);
  const auto stop = [](std::int64_t done, std::int64_t) { return done < 1; };
  EXPECT_EQ(test::failure_of([&] { scorer.score(0, {.depth = {}, .known = nullptr, .progress = stop, .on_map = {}}); }),
            "stopped: stopped");
}

TEST_F(map_scores, sums_up_by_hand) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto picture = [&](std::int64_t label, double pointing, double iou) {
    MapRow row{.name = "saliency", .baseline = false, .seconds = pointing};
    row.values = {{"pointing", pointing}, {"iou", iou}};
    row.curves["insertion"] = {0, pointing};
    return PictureScores{.label = label, .predicted = 0, .area = 0.5, .rows = {row}};
  };
  const std::vector<PictureScores> all{picture(0, 1, 0.2), picture(0, 1, nan), picture(0, 0, 0.4), picture(1, 0, 0.6)};
  const MapTable table = summarise(all, questions.measures);
  EXPECT_EQ(table.pictures, 4);
  EXPECT_DOUBLE_EQ(table.accuracy, 0.75);
  const TableRow& row = table.rows.at(0);
  EXPECT_DOUBLE_EQ(row.values.at("pointing").mean, (2.0 / 3 + 0) / 2) << "the mean of the classes' means";
  EXPECT_EQ(row.values.at("pointing").count, 4);
  EXPECT_DOUBLE_EQ(row.values.at("iou").mean, 0.4) << "NaN is not counted";
  EXPECT_EQ(row.values.at("iou").count, 3);
  EXPECT_NEAR(row.values.at("iou").error, 0.2 / std::sqrt(3.0), 1e-12);
  EXPECT_EQ(row.curves.at("insertion"), (std::vector<double>{0, 0.5}));
}

TEST_F(map_scores, boxes_and_masks_follow_the_picture) {
  Sample sample{.picture = make_image(40, 20), .label = 3, .name = "two", .boxes = {}, .mask = {}};
  sample.boxes = {{.x0 = 12, .y0 = 4, .x1 = 20, .y1 = 16, .label = 3},
                  {.x0 = 0, .y0 = 0, .x1 = 4, .y1 = 4, .label = 3},
                  {.x0 = 20, .y0 = 0, .x1 = 30, .y1 = 10, .label = 5}};
  model.card.preprocess->fit = Fit::shortest_side;  // the central 20 px, enlarged to 32
  model.card.preprocess->resize_to = 32;
  const AnsweredPicture seen = answered_picture(sample, model);
  EXPECT_EQ(seen.seen.width, 32);
  ASSERT_EQ(seen.boxes.size(), 1u) << "one is cut off, one is of another class";
  EXPECT_TRUE(seen.mask_of_boxes);
  EXPECT_NEAR(seen.boxes[0].x0, 2 * 1.6, 1);
  EXPECT_NEAR(seen.boxes[0].x1, 10 * 1.6, 1);
  EXPECT_NEAR(seen.boxes[0].y0, 4 * 1.6, 1);
  EXPECT_NEAR(seen.boxes[0].y1, 16 * 1.6, 1);
  sample.mask = at::zeros({20, 40}, at::kByte);
  sample.mask.slice(0, 8, 10).slice(1, 14, 16).fill_(1);
  const AnsweredPicture exact = answered_picture(sample, model);
  EXPECT_FALSE(exact.mask_of_boxes);
  EXPECT_LT(exact.mask.sum().item<std::int64_t>(), 40);
  model.card.preprocess.reset();
  EXPECT_TRUE(test::holds(test::failure_of([&] { answered_picture(sample, model); }), "becomes its input"));
}

TEST_F(map_scores, order_is_keyed_by_the_seed_and_mixes_the_classes) {
  const std::vector<std::int64_t> order = picture_order(*pictures, 20, true, 1);
  EXPECT_EQ(order.size(), 20u);
  EXPECT_EQ(order, picture_order(*pictures, 20, false, 1));
  EXPECT_NE(order, picture_order(*pictures, 20, false, 2));
  EXPECT_EQ(picture_order(*pictures, 3, true, 1), std::vector<std::int64_t>(order.begin(), order.begin() + 3));
}

TEST_F(map_scores, classes_are_matched_by_name_when_there_are_more) {
  Card card;
  card.labels = {"tench, Tinca tinca", "goldfish", "English springer, English springer spaniel"};
  EXPECT_EQ(match_classes(card, 3, {"english_springer", "tench"}), (std::vector<std::int64_t>{2, 0}));
  EXPECT_EQ(match_classes(card, 2, {"any", "other"}), (std::vector<std::int64_t>{0, 1}));
  const std::string failure = test::failure_of([&] { match_classes(card, 3, {"tench", "cow"}); });
  EXPECT_TRUE(test::holds(failure, "'cow'") && !test::holds(failure, "'tench'")) << failure;
}

TEST_F(map_scores, baselines_look_at_no_network) {
  Tensor picture = at::zeros({1, 1, 5, 6}, at::kFloat);
  picture.slice(3, 3, 6).fill_(1);
  const Tensor edges = baseline_map("edges", picture, 0, 0);
  EXPECT_EQ(edges[2][0].item<float>(), 0);
  EXPECT_EQ(edges[2][2].item<float>(), 4) << "1 + 2 + 1 across the edge";
  EXPECT_EQ(strongest_point(baseline_map("centre", picture, 0, 0)), centre_point(6, 5));
  EXPECT_FALSE(baseline_map("random", picture, 0, 0).equal(baseline_map("random", picture, 0, 1)));
  EXPECT_TRUE(test::holds(test::failure_of([&] { baseline_map("moon", picture, 0, 0); }), "no baseline 'moon'"));
}

}  // namespace
}  // namespace fovea

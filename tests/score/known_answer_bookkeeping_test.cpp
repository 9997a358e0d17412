// The bookkeeping of the world's scores, on an untrained network; tests/score/known_answers_slow_test.cpp has the
// figures.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fovea/network.h>
#include <fovea/world_score.h>

#include "support/failure.h"

namespace fovea {
namespace {

Model untrained() {
  const Network network = parse_network("input 48\nconv 4 5 stride 2\nrelu\nglobal_pool\nfc classes\n", "untrained");
  const auto classes = static_cast<std::int64_t>(world_labels().size());
  Card card;
  card.name = "untrained";
  card.labels = world_labels();
  card.preprocess =
      Preprocess{.source = "test", .width = 48, .height = 48, .scale = 1.0 / 255, .mean = {0, 0, 0}, .std = {1, 1, 1}};
  return {.path = {}, .hash = {}, .graph = build_network(network, classes, Phase::inference, 1).graph, .card = card};
}

const std::vector<const Technique*>& techniques() {
  static const std::vector<const Technique*> some{&find_technique("saliency"), &find_technique("grad_cam")};
  return some;
}

TEST(known_answer_bookkeeping, techniques_come_first_then_the_baselines) {
  const Model model = untrained();
  const PointingScores scores = point_at_world({.model = model, .techniques = techniques(), .seed = 3, .count = 8});
  ASSERT_EQ(scores.rows.size(), 4U);
  EXPECT_EQ(scores.rows[0].name, "saliency");
  EXPECT_EQ(scores.rows[2].name, "centre");
  EXPECT_TRUE(scores.rows[3].baseline);
  EXPECT_EQ(scores.scenes, 8);
  EXPECT_EQ(scores.rows[2].off_centre, 0) << "off centre is where the centre misses";
  for (const PointingRow& row : scores.rows) {
    EXPECT_GE(row.energy, 0);
    EXPECT_LE(row.all, 1);
  }
}

TEST(known_answer_bookkeeping, scenes_off_centre_can_be_asked_alone) {
  const Model model = untrained();
  const PointingScores scores =
      point_at_world({.model = model, .techniques = techniques(), .seed = 3, .count = 5, .off_centre_only = true});
  EXPECT_EQ(scores.scenes, 5);
  EXPECT_EQ(scores.off_centre, 5);
  EXPECT_EQ(scores.rows[2].all, 0);
}

TEST(known_answer_bookkeeping, a_point_is_on_one_object_at_the_most) {
  const Model model = untrained();
  for (const TwoClassRow& row :
       tell_classes_apart({.model = model, .techniques = techniques(), .seed = 3, .count = 6})) {
    EXPECT_GE(row.asked, 0);
    EXPECT_LE(row.asked, 1);
    EXPECT_LE(row.other, 1);
  }
}

TEST(known_answer_bookkeeping, evidence_spread_evenly_has_the_contexts_area) {
  const Model model = untrained();
  const std::vector<ContextRow> rows =
      evidence_on_context({.model = model, .techniques = techniques(), .seed = 3, .count = 4}, {"dog", "grass", 0.95});
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_GT(rows[0].area_share, 0.005);
  EXPECT_LT(rows[0].area_share, 0.1);
  EXPECT_EQ(rows[0].area_share, rows[1].area_share);
  EXPECT_LT(rows[0].share, 0.5);
}

TEST(known_answer_bookkeeping, techniques_that_run_often_may_see_fewer_scenes) {
  const Model model = untrained();
  const std::vector<const Technique*> two{&find_technique("saliency"), &find_technique("smoothgrad")};
  const WorldQuestions questions{.model = model,
                                 .techniques = two,
                                 .seed = 3,
                                 .count = 5,
                                 .sampling_count = 2,
                                 .settings = {{"smoothgrad", {{"samples", "1"}, {"sigma", "0"}}}}};
  const PointingScores scores = point_at_world(questions);
  EXPECT_EQ(scores.rows[0].scenes, 5);
  EXPECT_EQ(scores.rows[1].scenes, 2);
  EXPECT_EQ(scores.rows[2].scenes, 5) << "the baselines see all";
  WorldQuestions first_two = questions;
  first_two.count = 2;
  EXPECT_EQ(point_at_world(first_two).rows[1].energy, scores.rows[1].energy) << "the first ones";
  first_two.techniques = {two.data(), 1};  // without noise SmoothGrad is the gradient, whose evidence is saliency's
  EXPECT_NEAR(point_at_world(first_two).rows[0].energy, scores.rows[1].energy, 1e-6) << "the settings count";
}

TEST(known_answer_bookkeeping, other_networks_and_stops_are_told) {
  Model model = untrained();
  const WorldQuestions stops{
      .model = model, .techniques = techniques(), .count = 3, .progress = [](std::int64_t, std::int64_t) {
        return false;
      }};
  EXPECT_EQ(test::failure_of([&] { point_at_world(stops); }), "stopped: stopped");
  model.card.labels.pop_back();
  EXPECT_TRUE(test::holds(test::failure_of([&] { point_at_world({.model = model, .techniques = techniques()}); }),
                          "does not tell the classes of the rendered world"));
}

}  // namespace
}  // namespace fovea

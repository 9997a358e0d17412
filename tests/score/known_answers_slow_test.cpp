// Techniques on the shipped models, whose right answers are known: the figures that the README and the issues
// name.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <filesystem>

#include <gtest/gtest.h>

#include <fovea/train.h>
#include <fovea/world_score.h>

#include "support/places.h"

namespace fovea {
namespace {

constexpr std::uint64_t unseen = 4711;  // no training reads this seed

Model shipped(const std::string& name) { return load_model(test::in_checkout("models/" + name + ".onnx")); }

/// Everything but what runs the network hundreds of times a picture (the demo asks those): occlusion is asked.
std::vector<const Technique*> techniques_of_few_runs() {
  std::vector<const Technique*> techniques;
  for (const Technique* technique : all_techniques()) {
    if (technique->cost == Cost::walks || technique->name == "occlusion") techniques.push_back(technique);
  }
  return techniques;
}

const PointingRow& row_of(const PointingScores& scores, std::string_view name) {
  return *std::find_if(scores.rows.begin(), scores.rows.end(),
                       [&](const PointingRow& row) { return row.name == name; });
}

TEST(known_answers_slow, the_networks_know_unseen_scenes) {
  constexpr std::uint64_t of_evaluation = 99;
  const auto scenes = world_pictures({.size = 96, .biases = {}}, of_evaluation, 0, 2000);
  for (const char* name : {"world", "world_biased"}) {
    const Evaluation result = evaluate(shipped(name), *scenes);
    std::printf("%s: top-1 %.4f on %lld scenes\n", name, result.top1, static_cast<long long>(result.pictures));
    EXPECT_GE(result.top1, 0.97) << name;
  }
}

TEST(known_answers_slow, techniques_point_at_the_object) {
  const Model model = shipped("world");
  const std::vector<const Technique*> techniques = techniques_of_few_runs();
  const PointingScores scores =
      point_at_world({.model = model, .techniques = techniques, .seed = unseen, .count = 120});
  std::printf("%lld scenes, %lld with the object off centre, accuracy %.3f\n", static_cast<long long>(scores.scenes),
              static_cast<long long>(scores.off_centre), scores.accuracy);
  for (const PointingRow& row : scores.rows) {
    std::printf("%-24s off centre %.3f  all %.3f  energy %.3f  %.1f ms\n", row.name.c_str(), row.off_centre, row.all,
                row.energy, 1e3 * row.seconds);
  }
  const double centre = row_of(scores, "centre").off_centre;
  for (const char* name : {"saliency", "guided_backprop", "grad_cam", "occlusion", "excitation"}) {
    EXPECT_GE(row_of(scores, name).off_centre, centre + 0.25) << name;
  }
}

TEST(known_answers_slow, contrast_and_grad_cam_tell_two_classes_apart) {
  const Model model = shipped("world");
  const std::vector<const Technique*> techniques{&find_technique("contrastive_excitation"),
                                                 &find_technique("grad_cam")};
  for (const TwoClassRow& row :
       tell_classes_apart({.model = model, .techniques = techniques, .seed = unseen, .count = 250})) {
    std::printf("%-24s asked %.3f  other %.3f\n", row.name.c_str(), row.asked, row.other);
    EXPECT_GE(row.asked, 0.9) << row.name;
  }
}

TEST(known_answers_slow, the_planted_bias_is_found) {
  const Model plain = shipped("world");
  const Model biased = shipped("world_biased");
  const WorldBias bias{"dog", "grass", 0.95};
  const std::vector<const Technique*> techniques = techniques_of_few_runs();
  const auto ask = [&](const Model& model) {
    return evidence_on_context({.model = model, .techniques = techniques, .seed = unseen, .count = 40}, bias);
  };
  const std::vector<ContextRow> without = ask(plain);
  const std::vector<ContextRow> with = ask(biased);
  int found = 0;
  for (std::size_t t = 0; t < with.size(); ++t) {
    const double ratio = with[t].share / without[t].share;
    found += ratio >= 3 ? 1 : 0;
    std::printf("%-24s unbiased %.4f  biased %.4f  ratio %.2f  (area %.4f)\n", with[t].name.c_str(), without[t].share,
                with[t].share, ratio, with[t].area_share);
  }
  EXPECT_GE(found, 4);
}

}  // namespace
}  // namespace fovea

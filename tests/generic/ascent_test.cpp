// Every objective's value rises in three steps on every canvas, and every optimiser climbs; the same seed gives the
// same bytes; what is registered but not listed here fails.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/ascent.h>

#include <map>

#include <gtest/gtest.h>

#include <fovea/canvas.h>
#include <fovea/optimiser.h>

#include "make/asked.h"

namespace fovea {
namespace {

/// How each term is asked to rise: distances are to fall.
const std::map<std::string, std::string, std::less<>> texts{{"channel", "channel(features,3)"},
                                                            {"content", "-content(features,picture)"},
                                                            {"cosine", "cosine(features,picture)"},
                                                            {"direction", "direction(features,along)"},
                                                            {"distance", "-distance(features,picture)"},
                                                            {"diversity", "-diversity(features)"},
                                                            {"dot", "dot(features,picture,1)"},
                                                            {"energy", "energy(features)"},
                                                            {"gram", "-1000 * gram(features,picture)"},
                                                            {"guide", "guide(features,picture)"},
                                                            {"logit", "logit(2)"},
                                                            {"mean", "mean(features)"},
                                                            {"neuron", "neuron(features,2)"},
                                                            {"probability", "probability(1)"},
                                                            {"total_variation", "-total_variation(data)"},
                                                            {"value", "value(early,1)"}};

const std::map<std::string, std::string, std::less<>> optimisers{{"adam", "adam(0.01)"},
                                                                 {"lbfgs", "lbfgs(0.1)"},
                                                                 {"normalised", "normalised(0.005)"},
                                                                 {"progress", "progress(0.05, 10)"},
                                                                 {"sgd", "sgd(0.1)"}};

Targets targets_for(const Model& model, const Objective& objective) {
  Targets targets;
  set_targets(targets, model, {objective}, "picture", to_display(test::striped()));
  targets.set("along", model.graph.at("features"), test::tensor({1, -1, 2, 0, 0, 1, 0, 1}, {8}));
  return targets;
}

AscentOptions options_for(const Model& model, const std::string& objective, const std::string& canvas,
                          const std::string& optimiser) {
  AscentOptions options;
  options.objectives = {parse_objective(objective)};
  options.targets = targets_for(model, options.objectives.front());
  options.pictures = 2;
  options.canvas = canvas;
  options.optimiser = optimiser;
  options.steps = 3;
  options.seed = 11;
  options.frame_every = 1;
  return options;
}

/// The objective, over both pictures. Of a picture with alpha on grey what an ascent makes large: less what shows.
double value_of(const Model& model, const Tensor& pictures, const AscentOptions& options) {
  constexpr double grey = 0.5;
  double sum = 0;
  const std::vector<double> values =
      evaluate_pictures(model, without_alpha(pictures, grey), options.objectives.front(), options.targets);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double alpha = pictures.size(1) == 4 ? pictures[static_cast<std::int64_t>(i)][3].mean().item<double>() : 0.0;
    sum += values[i] - std::abs(values[i]) * alpha;
  }
  return sum;
}

class ascents : public ::testing::TestWithParam<const CanvasKind*> {};

TEST_P(ascents, every_objective_rises_in_three_steps) {
  const Model model = test::made_model();
  for (const ObjectiveKind* kind : all_objectives()) {
    const auto text = texts.find(kind->name);
    ASSERT_NE(text, texts.end()) << "say how '" << kind->name << "' is asked to rise";
    const AscentOptions options = options_for(model, text->second, std::string(GetParam()->name), "adam(0.01)");
    const Ascended found = ascend(model, options);
    EXPECT_EQ(found.stopped, "");
    const double before = value_of(model, found.frames.front(), options);
    const double after = value_of(model, found.last, options);
    const bool see_through = GetParam()->name == "alpha";
    if (see_through && before <= 0) continue;  // what is below 0 grows by showing less, whatever lies behind
    const bool at_its_best = kind->name == "total_variation" && before == 0;  // a picture of one colour
    if (at_its_best) {
      EXPECT_EQ(after, 0);
    } else {
      EXPECT_GT(after, before) << text->second;
    }
  }
}

TEST_P(ascents, the_same_seed_gives_the_same_bytes) {
  const Model model = test::made_model();
  AscentOptions options = options_for(model, "logit(1)", std::string(GetParam()->name), "adam(0.05)");
  options.transforms = "pad(2) jitter(2) scale rotate flip";
  const Tensor first = ascend(model, options).last;
  EXPECT_TRUE(first.equal(ascend(model, options).last));
  options.seed = 12;
  EXPECT_FALSE(first.equal(ascend(model, options).last));
}

std::string name_of_param(const ::testing::TestParamInfo<const CanvasKind*>& info) {
  return std::string(info.param->name);
}

INSTANTIATE_TEST_SUITE_P(ascent, ascents, ::testing::ValuesIn(all_canvases().begin(), all_canvases().end()),
                         name_of_param);

TEST(ascent, every_optimiser_climbs) {
  const Model model = test::made_model();
  for (const OptimiserKind* kind : all_optimisers()) {
    const auto text = optimisers.find(kind->name);
    ASSERT_NE(text, optimisers.end()) << "say how '" << kind->name << "' is tried";
    AscentOptions options = options_for(model, "logit(2)", "pixels", text->second);
    options.steps = 5;
    const Ascended found = ascend(model, options);
    EXPECT_GT(value_of(model, found.last, options), value_of(model, found.frames.front(), options)) << text->second;
  }
}

}  // namespace
}  // namespace fovea

// SPDX-License-Identifier: Apache-2.0
#include "make/asked.h"

namespace fovea {
namespace {

using test::failure_of;
using test::holds;
using test::made;

const Settings quick{{"steps", "12"}, {"transforms", "pad(2) jitter(2)"}};

Settings with(Settings settings) {
  settings.insert(quick.begin(), quick.end());
  return settings;
}

TEST(feature, a_channel_answers_more_to_its_picture_than_to_another_channels) {
  const Model model = test::made_model();
  const Made both = made("feature", with({{"at", "features:1,4"}, {"steps", "40"}}));
  ASSERT_EQ(both.pictures.size(), 2U);
  EXPECT_EQ(both.pictures[0].name, "features_1");
  for (const int channel : {1, 4}) {
    const Objective objective = parse_objective("channel(features," + std::to_string(channel) + ")");
    const Tensor own = both.values.narrow(0, channel == 1 ? 0 : 1, 1);
    const Tensor other = both.values.narrow(0, channel == 1 ? 1 : 0, 1);
    const double mine = evaluate(model, display_to_input(own, *model.card.preprocess), objective).item<double>();
    const double theirs = evaluate(model, display_to_input(other, *model.card.preprocess), objective).item<double>();
    EXPECT_GT(mine, theirs) << channel;
  }
}

TEST(feature, sheets_units_layers_and_expressions) {
  EXPECT_EQ(made("feature", with({{"at", "features"}, {"most", "3"}})).pictures.size(), 3U);
  EXPECT_EQ(made("feature", with({{"at", "features:2@1,3"}})).table.at(1).at(1), "neuron(features,2,1,3)");
  EXPECT_EQ(made("feature", with({{"at", "early"}, {"unit", "layer"}})).table.at(1).at(1), "energy(early)");
  const Made sum = made("feature", with({{"objective", "channel(early,1) + channel(early,2)"}}));
  EXPECT_EQ(sum.pictures.size(), 1U);
  EXPECT_EQ(sum.figures.at(0).first, "objective");
}

TEST(feature, diversity_keeps_variants_apart_and_negative_turns_round) {
  const Made apart = made("feature", with({{"at", "features:1"}, {"diversity", "2"}, {"apart", "5"}, {"steps", "30"}}));
  ASSERT_EQ(apart.pictures.size(), 2U);
  EXPECT_GT(test::largest_difference(apart.values[0], apart.values[1]), 0.05);
  const Made least = made("feature", with({{"at", "early:1"}, {"negative", "true"}, {"steps", "30"}}));
  const Made most = made("feature", with({{"at", "early:1"}, {"steps", "30"}}));
  EXPECT_LT(-least.figures.at(0).second, most.figures.at(0).second);
}

TEST(feature, imitates_a_picture_that_is_named) {
  const Made caricature = made("feature", with({{"objective", "cosine(features,stripes)"}, {"steps", "60"}}),
                               {{"stripes.png", test::striped()}});
  EXPECT_GT(caricature.figures.at(0).second, 0.9);
  const std::string unknown = failure_of([] { made("feature", with({{"objective", "cosine(features,nobody)"}})); });
  EXPECT_TRUE(holds(unknown, "compares with 'nobody', which is none of the pictures")) << unknown;
}

TEST(feature, says_what_is_missing) {
  EXPECT_TRUE(holds(failure_of([] { made("feature", {}); }), "needs something to excite"));
  EXPECT_TRUE(holds(failure_of([] { made("feature", {{"at", "feature"}}); }), "feature"));
  EXPECT_TRUE(holds(failure_of([] { made("feature", {{"at", "features:9"}, {"steps", "1"}}); }), "channel"));
}

TEST(feature, presets_run) {
  for (const char* preset : {"plain", "transparent", "cppn"}) {
    const Made picture = made("feature", {{"at", "features:1"}, {"steps", "4"}}, {}, preset);
    EXPECT_EQ(picture.values.size(1), std::string(preset) == "transparent" ? 4 : 3) << preset;
  }
}

}  // namespace
}  // namespace fovea

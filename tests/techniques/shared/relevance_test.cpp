// Techniques that are derived from a recipe: one for each, with its words and its options.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include <fovea/walk.h>

#include "techniques/asked.h"

namespace fovea {
namespace {

TEST(relevance, every_recipe_that_is_an_attribution_is_a_technique) {
  std::size_t derived = 0;
  for (const Recipe* recipe : all_recipes()) {
    if (!recipe->relevance) continue;
    const Technique& technique = find_technique(recipe->name);
    ++derived;
    EXPECT_EQ(technique.recipe, recipe) << recipe->name;
    EXPECT_EQ(technique.sentence, recipe->sentence);
    EXPECT_FALSE(technique.details.empty()) << recipe->name;
    EXPECT_EQ(technique.presets.size(), recipe->presets.size());
    ASSERT_EQ(technique.options.size(), recipe->options.size() + 1) << recipe->name;
    for (std::size_t i = 0; i < recipe->options.size(); ++i) {
      EXPECT_EQ(technique.options[i].name, recipe->options[i].name);
    }
    EXPECT_EQ(technique.options.back().name, "batch_norm");
  }
  EXPECT_GE(derived, 10U);
  EXPECT_TRUE(std::is_sorted(all_techniques().begin(), all_techniques().end(),
                             [](const Technique* a, const Technique* b) { return a->name < b->name; }));
}

TEST(relevance, of_all_terms_begins_with_their_values) {
  const test::Asked asked;
  const Map map = explain(find_technique("lrp_zero"), asked.subject, logit(1));
  const auto figure = [&](std::string_view name) {
    for (const auto& [own, value] : map.figures) {
      if (own == name) return value;
    }
    return std::nan("");
  };
  EXPECT_NEAR(figure("start"), asked.subject.trace().scores()[0][1].item<double>(), 1e-5);
  EXPECT_NEAR(figure("sum"), map.values.sum().item<double>(), 1e-4);
  EXPECT_NEAR(figure("lost_to_biases"), figure("start") - figure("sum"), 1e-9);
}

}  // namespace
}  // namespace fovea

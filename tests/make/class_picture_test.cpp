// SPDX-License-Identifier: Apache-2.0
#include "make/asked.h"

namespace fovea {
namespace {

using test::failure_of;
using test::holds;
using test::made;

/// The score of a class at picture `i` of what was made.
double score(const Made& made, std::int64_t i, std::int64_t index) {
  const Model model = test::made_model();
  return evaluate(model, display_to_input(made.values.narrow(0, i, 1), *model.card.preprocess), logit(index))
      .item<double>();
}

TEST(class_picture, a_class_scores_higher_on_its_picture_than_on_others) {
  const Made three = made("class", {{"class", "0,3;cat"}, {"steps", "60"}, {"transforms", "pad(2) jitter(2)"}});
  ASSERT_EQ(three.pictures.size(), 3U);
  EXPECT_EQ(three.pictures[0].item, 0);
  EXPECT_EQ(three.pictures[2].item, 1);
  const std::int64_t classes[] = {0, 3, 2};
  for (std::int64_t i = 0; i < 3; ++i) {
    for (std::int64_t other = 0; other < 3; ++other) {
      if (other == i) continue;
      EXPECT_GT(score(three, i, classes[i]), score(three, other, classes[i])) << "class " << classes[i];
    }
  }
  EXPECT_EQ(three.table.at(0).at(3), "the network's class");
  EXPECT_EQ(three.table.at(3).at(1), "cat");
}

TEST(class_picture, presets_and_octaves_grow) {
  const Made paper = made("class", {{"class", "boat"}, {"steps", "20"}}, {}, "simonyan");
  EXPECT_EQ(paper.picture.width, test::made_side);
  const Made octaves = made("class", {{"class", "boat"}, {"steps", "20"}}, {}, "octaves");
  EXPECT_EQ(octaves.picture.width, 23) << "16 x 1.2 x 1.2, rounded at each rung";
}

TEST(class_picture, witnesses_are_asked) {
  static const Model model = test::made_model();
  const Made seen = make_picture(find_make_kind("class"), &model, {},
                                 {.settings = {{"class", "cat"}, {"steps", "40"}}, .witnesses = {&model}});
  ASSERT_EQ(seen.further.size(), 1U);
  const auto& says = seen.further.front().rows;
  ASSERT_EQ(says.size(), 2U);
  EXPECT_EQ(says.back().at(0), "class_2");
  EXPECT_EQ(says.back().at(1), "small");
  // It is the same network, asked about the same picture: the same answer as the network's own.
  EXPECT_EQ(says.back().at(3), seen.table.at(1).at(3));
}

TEST(class_picture, names_near_labels) {
  EXPECT_EQ(made("class", {{"class", "dog, cat"}, {"steps", "1"}}).pictures.size(), 2U) << "commas part labels, too";
  EXPECT_TRUE(holds(failure_of([] { made("class", {{"class", "cut"}}); }), "cut"));
  EXPECT_TRUE(holds(failure_of([] { made("class", {}); }), "'class' needs a class"));
}

}  // namespace
}  // namespace fovea

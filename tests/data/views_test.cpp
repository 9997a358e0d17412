// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/painted_pictures.h"

namespace fovea {
namespace {

/// Counts how often pictures are made.
class Counting : public test::PaintedPictures {
 public:
  using test::PaintedPictures::PaintedPictures;
  Sample at(std::int64_t index) const override {
    ++made;
    return PaintedPictures::at(index);
  }
  mutable int made = 0;
};

TEST(views, a_subset_is_the_pictures_named) {
  const test::PaintedPictures all(10, 1);
  const auto some = subset(all, {7, 2});
  EXPECT_EQ(some->size(), 2);
  EXPECT_EQ(some->labels(), all.labels());
  EXPECT_EQ(some->label(0), 3);
  EXPECT_EQ(some->name(1), "painted 2");
  EXPECT_EQ(some->at(0).picture.rgb, all.at(7).picture.rgb);
}

TEST(views, a_subset_may_keep_its_pictures) {
  const auto some = subset(std::make_unique<test::PaintedPictures>(10, 1), {7, 2});
  EXPECT_EQ(some->name(1), "painted 2");
}

TEST(views, numbers_are_spread_evenly) {
  using Numbers = std::vector<std::int64_t>;
  EXPECT_EQ(spread_evenly(10, 4), (Numbers{0, 2, 5, 7}));
  EXPECT_EQ(spread_evenly(3, 3), (Numbers{0, 1, 2}));
  EXPECT_EQ(spread_evenly(3, 9), (Numbers{0, 1, 2}));
  EXPECT_EQ(spread_evenly(0, 9), Numbers{});
}

TEST(views, pictures_in_memory_are_made_once) {
  const Counting all(4, 1);
  const auto kept = kept_in_memory(all);
  EXPECT_EQ(kept->label(3), 3);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(kept->at(1).picture.rgb, all.PaintedPictures::at(1).picture.rgb);
  EXPECT_EQ(all.made, 1);
}

TEST(views, what_memory_has_no_room_for_is_made_anew) {
  constexpr std::size_t one_picture = 24 * 24 * 3;
  const Counting all(4, 1);
  const auto kept = kept_in_memory(all, one_picture + 1);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(kept->at(0).label, 0);
    EXPECT_EQ(kept->at(1).label, 1);
  }
  EXPECT_EQ(all.made, 1 + 3);
}

}  // namespace
}  // namespace fovea

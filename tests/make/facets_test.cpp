// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <ATen/ops/upsample_bilinear2d.h>

#include "make/asked.h"
#include "support/temporary_folder.h"

namespace fovea {
namespace {

using test::failure_of;
using test::holds;
using test::made;
using test::striped;

/// Six pictures of two kinds: stripes of slightly other sizes, and one colour.
std::vector<NamedImage> two_kinds() {
  std::vector<NamedImage> pictures;
  for (std::uint8_t i = 0; i < 6; ++i) {
    Image stripes = striped();
    for (std::uint8_t& value : stripes.rgb) value = static_cast<std::uint8_t>(value / 2 + 3 * i);
    pictures.push_back({"stripes_" + std::to_string(i), stripes});
    pictures.push_back({"plain_" + std::to_string(i), make_image(16, 16, {250, std::uint8_t(240 - 3 * i), 10})});
  }
  return pictures;
}

TEST(facets, tells_the_kinds_of_pictures_apart) {
  const Made two =
      made("facets", {{"class", "cat"}, {"facets", "2"}, {"steps", "30"}, {"features", "early"}, {"members", "4"}},
           two_kinds());
  ASSERT_EQ(two.table.size(), 3U);
  for (std::size_t f = 1; f <= 2; ++f) {
    const std::string& members = two.table.at(f).at(2);
    EXPECT_NE(holds(members, "stripes"), holds(members, "plain")) << "of one kind: " << members;
    EXPECT_EQ(std::count(members.begin(), members.end(), ';'), 3) << "the four nearest the middle";
  }
  EXPECT_EQ(two.pictures.size(), 2U);
  EXPECT_NE(two.pictures[0].image.rgb, two.pictures[1].image.rgb);
}

TEST(facets, excite_the_class_more_than_the_means_they_began_with) {
  const Made two =
      made("facets", {{"class", "cat"}, {"facets", "2"}, {"steps", "60"}, {"features", "early"}, {"blur", "0"}},
           two_kinds());
  const Model model = test::made_model();
  const auto score = [&](const Tensor& display) {
    const Tensor small = at::upsample_bilinear2d(display, {16, 16}, false);
    return evaluate(model, display_to_input(small, *model.card.preprocess), logit(2)).item<double>();
  };
  for (std::int64_t f = 0; f < 2; ++f) {
    for (const NamedImage& picture : two_kinds()) {
      EXPECT_GT(score(two.values.narrow(0, f, 1)), score(to_display(picture.image))) << picture.name;
    }
  }
}

TEST(facets, takes_a_classs_pictures_out_of_a_folder) {
  const test::TemporaryFolder folder;
  for (const char* label : {"apple", "cat"}) {
    std::filesystem::create_directories(folder.path() / label);
    for (std::uint8_t i = 0; i < 4; ++i) {
      write_image(folder.path() / label / (std::to_string(i) + ".png"),
                  make_image(16, 16, {std::uint8_t(40 * i), 90, 120}));
    }
  }
  const Made cats =
      made("facets", {{"class", "cat"}, {"facets", "1"}, {"steps", "4"}, {"data", folder.path().string()}});
  EXPECT_TRUE(holds(cats.table.at(1).at(2), "cat"));
  EXPECT_FALSE(holds(cats.table.at(1).at(2), "apple"));
  EXPECT_TRUE(holds(cats.notes.front(), "4 pictures in 1 group;"));
}

TEST(facets, what_says_the_same_twice_or_nothing_is_refused) {
  const Settings cat{{"class", "cat"}};
  const auto failure = [&](const Settings& more) {
    Settings settings = cat;
    settings.insert(more.begin(), more.end());
    return failure_of([&] { made("facets", settings, two_kinds()); });
  };
  EXPECT_TRUE(holds(failure({{"data", "a"}, {"atlas", "b"}}), "both say which pictures"));
  EXPECT_TRUE(holds(failure({{"at", "features:1"}}), "both say whose facets"));
  EXPECT_TRUE(holds(failure({{"split", "val"}}), "is of 'data'"));
  EXPECT_TRUE(holds(failure({{"pictures", "4"}}), "neither is said"));
  EXPECT_TRUE(holds(failure({{"most", "4"}}), "is called 'pictures' now"));
}

TEST(facets, what_is_missing_has_words) {
  EXPECT_TRUE(holds(failure_of([] { made("facets", {{"class", "cat"}}); }), "expected at least 2, found 0"));
  EXPECT_TRUE(holds(failure_of([] { made("facets", {}, two_kinds()); }), "one class or channel"));
  EXPECT_TRUE(holds(failure_of([] { made("facets", {{"at", "features"}}, two_kinds()); }), "one channel"));
}

}  // namespace
}  // namespace fovea

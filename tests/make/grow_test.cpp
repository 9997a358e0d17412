// SPDX-License-Identifier: Apache-2.0
#include "make/asked.h"

namespace fovea {
namespace {

using test::failure_of;
using test::holds;
using test::striped;

Made grown(const Settings& settings, bool film = false) {
  const std::vector<NamedImage> pictures{{"sample.png", striped(24)}};
  return make_picture(find_make_kind("grow"), nullptr, pictures, {.settings = settings, .seed = 1, .film = film});
}

TEST(grow_kind, grows_to_the_size_in_both_orders) {
  for (const char* order : {"onion", "scan"}) {
    const Made made = grown({{"order", order}, {"size", "20"}, {"sample", "0"}, {"window", "7"}}, true);
    EXPECT_EQ(made.picture.width, 20);
    EXPECT_EQ(made.pictures.at(1).name, "sample");
    EXPECT_GT(made.frames.size(), 2U);
    EXPECT_TRUE(holds(made.notes.front(), order));
  }
}

TEST(grow_kind, samples_are_cut_and_checked) {
  EXPECT_EQ(grown({{"size", "8"}, {"sample", "16"}, {"window", "5"}}).pictures.at(1).image.width, 16);
  EXPECT_TRUE(holds(failure_of([] { grown({{"sample", "8"}}); }), "smaller than the window"));
}

}  // namespace
}  // namespace fovea

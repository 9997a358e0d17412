// SPDX-License-Identifier: Apache-2.0
#include "measures/asked.h"

namespace fovea {
namespace {

// The region from 0.2 of the maximum on is the left column, from 0.15 on the whole upper row too.
TEST(localisation_measure, draws_the_box_at_the_threshold_of_the_kind_of_map) {
  test::MapAsked asked = test::of_size(2, 2);
  asked.mask = at::ones({2, 2}, at::kByte);
  asked.boxes = {{.x0 = 0, .y0 = 0, .x1 = 1, .y1 = 2}, {.x0 = 1, .y0 = 1, .x1 = 2, .y1 = 2}};
  Map map = test::heat(test::tensor({100, 17, 100, 0}, {2, 2}));
  EXPECT_EQ(asked("localisation", map).values, (std::vector<double>{1, 1}));
  asked.sensitivity = true;
  EXPECT_EQ(asked("localisation", map).values, (std::vector<double>{1, 0.5})) << "the box is the whole picture";
  asked.boxes = {{.x0 = 1, .y0 = 1, .x1 = 2, .y1 = 2}};
  EXPECT_EQ(asked("localisation", map).values, (std::vector<double>{0, 0.25}));
  asked.boxes.clear();
  EXPECT_TRUE(std::isnan(asked("localisation", map).values[1]));
}

}  // namespace
}  // namespace fovea

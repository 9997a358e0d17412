// SPDX-License-Identifier: Apache-2.0
#include "measures/asked.h"

namespace fovea {
namespace {

TEST(energy_measure, in_the_mask_and_in_the_box) {
  test::MapAsked asked = test::of_size(2, 2);
  asked.mask = test::tensor({1, 0, 0, 0}, {2, 2}, at::kByte);
  asked.boxes = {{.x0 = 0, .y0 = 0, .x1 = 2, .y1 = 1}};
  const Map map = test::heat(test::tensor({1, 2, 3, 4}, {2, 2}));
  const Measured measured = asked("energy", map);
  EXPECT_DOUBLE_EQ(measured.values[0], 0.1);
  EXPECT_DOUBLE_EQ(measured.values[1], 0.3);
  asked.mask_of_boxes = true;
  EXPECT_TRUE(std::isnan(asked("energy", map).values[0])) << "a box filled is no mask";
  asked.boxes.clear();
  EXPECT_TRUE(std::isnan(asked("energy", map).values[1]));
}

}  // namespace
}  // namespace fovea

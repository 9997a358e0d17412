// SPDX-License-Identifier: Apache-2.0
#include "measures/asked.h"

namespace fovea {
namespace {

Tensor spike(std::int64_t x, std::int64_t y) {
  Tensor map = at::zeros({8, 8}, at::kFloat);
  map[y][x] = 1;
  return map;
}

TEST(pointing_measure, counts_the_easy_pictures_apart) {
  test::MapAsked asked = test::of_size(8, 8);
  asked.mask = spike(1, 1).to(at::kByte);  // far from the centre, small
  const Measured hit = asked("pointing", test::heat(spike(1, 1)), {{"tolerance", "0"}});
  EXPECT_EQ(hit.values, (std::vector<double>{1, 1, 1}));
  const Measured miss = asked("pointing", test::heat(spike(5, 1)), {{"tolerance", "0"}});
  EXPECT_EQ(miss.values, (std::vector<double>{0, 0, 0}));

  asked.mask = at::ones({8, 8}, at::kByte);  // the centre alone would hit, and it is large
  const Measured easy = asked("pointing", test::heat(spike(5, 1)));
  EXPECT_EQ(easy.values[0], 1);
  EXPECT_TRUE(std::isnan(easy.values[1]) && std::isnan(easy.values[2]));
}

TEST(pointing_measure, tolerance_is_in_px_of_224) {
  test::MapAsked asked = test::of_size(8, 8);
  asked.mask = spike(1, 1).to(at::kByte);
  EXPECT_EQ(asked("pointing", test::heat(spike(3, 1)), {{"tolerance", "56"}}).values[0], 1) << "56 / 224 of 8 px are 2";
  EXPECT_EQ(asked("pointing", test::heat(spike(3, 1)), {{"tolerance", "55"}}).values[0], 0);
}

TEST(pointing_measure, needs_to_know_where_the_object_is) {
  test::MapAsked asked = test::of_size(4, 4);
  const std::string failure = test::failure_of([&] { asked("pointing", test::heat(at::ones({4, 4}, at::kFloat))); });
  EXPECT_TRUE(test::holds(failure, "needs to know where the object is")) << failure;
}

}  // namespace
}  // namespace fovea

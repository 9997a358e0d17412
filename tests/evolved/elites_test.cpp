// SPDX-License-Identifier: Apache-2.0
#include "evolved/elites.h"

#include <cmath>

#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

namespace fovea {
namespace {

TEST(elites_archive, a_child_may_take_the_place_of_many) {
  evolved::Archive<int> archive(3);
  evolved::place(archive, {1}, at::tensor({0.5, 0.3, 0.2}).reshape({1, 3}), 0);
  const Tensor table = at::tensor({0.6, 0.1, 0.3, 0.55, 0.4, 0.05}).reshape({2, 3});
  EXPECT_EQ(evolved::place(archive, {2, 3}, table, 4), 3);
  EXPECT_EQ(archive[0]->genome, 2);
  EXPECT_EQ(archive[1]->genome, 3);
  EXPECT_EQ(archive[2]->genome, 2);
  EXPECT_DOUBLE_EQ(archive[2]->confidence, 0.3);
  EXPECT_EQ(archive[0]->generation, 4);
  EXPECT_DOUBLE_EQ(evolved::median_confidence(archive), 0.4);
}

TEST(elites_archive, evolution_climbs_a_known_hill) {
  // Class c is sure of numbers near c: 1 / (1 + |x - c|).
  const evolved::Encoding<double> hill{
      .first = [](evolved::Dice& dice) { return dice.between(-10, 10); },
      .child = [](const double& mother, const double&, evolved::Dice& dice) { return mother + dice.polynomial(5); },
      .judge =
          [](const std::vector<double>& numbers) {
            std::vector<double> table;
            for (const double x : numbers) {
              for (const double c : {-3.0, 0.0, 3.0}) table.push_back(1 / (1 + std::abs(x - c)));
            }
            return at::tensor(table).reshape({static_cast<std::int64_t>(numbers.size()), 3});
          }};
  evolved::Archive<double> archive(3);
  double before = 0;
  for (std::int64_t generation = 0; generation < 60; ++generation) {
    evolved::evolve(archive, hill, 16, 1, generation);
    EXPECT_GE(evolved::median_confidence(archive), before) << "a champion is never lost";
    before = evolved::median_confidence(archive);
  }
  EXPECT_GT(before, 0.9);
  EXPECT_NEAR(archive[0]->genome, -3, 0.2);
}

}  // namespace
}  // namespace fovea

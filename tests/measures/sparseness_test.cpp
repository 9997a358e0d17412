// SPDX-License-Identifier: Apache-2.0
#include "measures/asked.h"

namespace fovea {
namespace {

double sparseness(const std::vector<double>& values) {
  const auto count = static_cast<std::int64_t>(values.size());
  test::MapAsked asked = test::of_size(1, count);
  return asked("sparseness", test::heat(test::tensor(values, {1, count}))).values[0];
}

// The Gini index is half the mean absolute difference over the mean: of (1, 3), 1/4.
TEST(sparseness_measure, by_hand) {
  EXPECT_NEAR(sparseness({1, 3}), 0.25, 1e-12);
  EXPECT_NEAR(sparseness({3, 1}), 0.25, 1e-12);
  EXPECT_NEAR(sparseness({2, 2, 2, 2}), 0, 1e-12);
  EXPECT_NEAR(sparseness({0, 0, 5, 0}), 1 - 1.0 / 4, 1e-12) << "one pixel of n: 1 - 1/n";
  EXPECT_EQ(sparseness({0, 0, 0}), 0) << "nothing is even";
}

}  // namespace
}  // namespace fovea

// SPDX-License-Identifier: Apache-2.0
#include "core/first_component.h"

#include <gtest/gtest.h>

#include "support/net.h"

namespace fovea {
namespace {

// Two channels, places (3,4) (6,8) (0,0) (4,-3): X^T X = [[61, 48], [48, 89]], whose larger eigenvector is found by
// hand from tan(2 t) = 2 * 48 / (61 - 89).
TEST(first_component, is_the_direction_of_most_energy) {
  const Tensor maps = test::tensor({3, 6, 0, 4, 4, 8, 0, -3}, {2, 2, 2});
  const double angle = 0.5 * std::atan2(96.0, -28.0);
  const double c = std::cos(angle);
  const double s = std::sin(angle);
  const Tensor expected = test::tensor({3 * c + 4 * s, 6 * c + 8 * s, 0, 4 * c - 3 * s}, {2, 2});
  EXPECT_TRUE(project_on_first_component(maps, false).allclose(expected, 1e-5, 1e-5));
}

TEST(first_component, of_nothing_is_nothing) {
  const Tensor maps = test::tensor({0, 0, 0, 0}, {1, 2, 2});
  EXPECT_TRUE(project_on_first_component(maps, true).equal(maps[0]));
}

}  // namespace
}  // namespace fovea

// SPDX-License-Identifier: Apache-2.0
#include "techniques/asked.h"

namespace fovea {
namespace {

TEST(lrp_zero_technique, is_input_times_gradient_on_a_relu_network) {
  const test::Asked asked;
  EXPECT_LE(test::relative_error(asked.ask("lrp_zero"), asked.ask("input_x_gradient")), 1e-3);
}

TEST(lrp_zero_technique, says_what_the_biases_took) {
  const test::Asked asked;
  const Map map = asked.whole("lrp_zero");
  ASSERT_EQ(map.figures[0].first, "start");
  EXPECT_NEAR(map.figures[0].second, asked.subject.trace().scores()[0][2].item<double>(), 1e-5);
  EXPECT_NEAR(map.figures[0].second - map.values.sum().item<double>(), map.figures[2].second, 1e-4);
}

}  // namespace
}  // namespace fovea

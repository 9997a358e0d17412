// SPDX-License-Identifier: Apache-2.0
#include "techniques/asked.h"

namespace fovea {
namespace {

TEST(deeplift_technique, sums_to_the_change_from_the_baseline) {
  const test::Asked asked;
  const Map map = asked.whole("deeplift", {{"max_pool", "rescale"}});
  const double change = asked.subject.trace().scores()[0][2].item<double>() -
                        run(asked.model.graph, asked.input * 0).scores()[0][2].item<double>();
  EXPECT_NEAR(map.values.sum().item<double>(), change, 1e-5);
  ASSERT_EQ(map.figures[2].first, "delta");
  EXPECT_NEAR(map.figures[2].second, 0, 1e-5);
}

TEST(deeplift_technique, says_what_the_gradient_of_max_pooling_gives_away) {
  const test::Asked asked;
  const Map map = asked.whole("deeplift", {{"baseline", "noise"}});
  EXPECT_NEAR(map.figures[2].second, map.figures[0].second - map.figures[1].second, 1e-6);
  EXPECT_GT(std::abs(map.figures[2].second), 1e-4);
}

TEST(deeplift_technique, may_be_read_at_a_layer) {
  const test::Asked asked;
  const Map map = asked.whole("deeplift", {}, "features");
  EXPECT_NEAR(map.values.sum().item<double>(), map.figures[1].second, 1e-5) << "linear from there on";
}

}  // namespace
}  // namespace fovea

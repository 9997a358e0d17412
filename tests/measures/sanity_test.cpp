// SPDX-License-Identifier: Apache-2.0
#include "measures/asked.h"

namespace fovea {
namespace {

/// Two convolutions and a classifier: three layers to forget.
Model three_layers() {
  test::Net net;
  ValueId x = net.node("Relu", {net.conv(net.input("x", {-1, 1, 16, 16}), 1, 6, 3, 1, 1)});
  x = net.node("Relu", {net.conv(x, 6, 6, 3, 2, 1)});
  net.gemm(net.node("Flatten", {x}), 6 * 8 * 8, 3);
  return net.model();
}

TEST(sanity_measure, of_a_map_that_ignores_the_network_is_1) {
  test::MapAsked asked(three_layers(), test::random_normal({1, 1, 16, 16}, 2));
  const Measured measured = asked("sanity", test::heat(test::random_normal({16, 16}, 3).abs()));
  for (const double value : measured.values) EXPECT_NEAR(value, 1, 1e-9);
  EXPECT_EQ(measured.curve.size(), 5u) << "before, and four stages";
}

TEST(sanity_measure, of_the_gradient_falls_at_once) {
  test::MapAsked asked(three_layers(), test::random_normal({1, 1, 16, 16}, 2));
  asked.ask = [](const Subject& subject) { return explain(find_technique("saliency"), subject, logit(0)); };
  const Subject subject(asked.model(), test::random_normal({1, 1, 16, 16}, 2));
  const Measured measured = asked("sanity", asked.ask(subject), {{"stages", "3"}});
  EXPECT_EQ(measured.curve.front(), 1);
  EXPECT_LT(std::abs(measured.values[1]), 0.4) << "all layers forgot";
  EXPECT_LT(measured.values[2], 0.6);
}

TEST(sanity_measure, is_not_known_where_the_forgetful_network_gives_no_map) {
  test::MapAsked asked(three_layers(), test::random_normal({1, 1, 16, 16}, 2));
  asked.ask = [](const Subject&) -> Map { throw Error(ErrorKind::format, "NaN"); };
  EXPECT_TRUE(std::isnan(asked("sanity", test::heat(at::ones({16, 16}, at::kFloat))).values[0]));
}

}  // namespace
}  // namespace fovea

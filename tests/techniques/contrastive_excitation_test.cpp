// SPDX-License-Identifier: Apache-2.0
#include "techniques/asked.h"

namespace fovea {
namespace {

/// Two features (maps of one channel each) and a classifier with weights of both signs.
struct Pair {
  static Model make() {
    test::Net net;
    const ValueId x = net.input("x", {-1, 2, 1, 2});
    const ValueId pooled = net.node("Flatten", {net.node("GlobalAveragePool", {x})}, {}, "pooled");
    net.node("MatMul", {pooled, net.constant(test::tensor({1, -1, -2, 2}, {2, 2}))}, {}, "fc");
    return net.model();
  }
};

// Features pool to (2, 3). Class 0 has weights (1, -2): its probability lies wholly on feature 0, that of its opposite
// (-1, 2) wholly on feature 1. The difference (1, -1) flows to x = (1 3; 6 0) as (.25 .75; -1 0), summed over channels
// (-.75, .75), clamped (0, .75).
TEST(contrastive_excitation, follows_the_definition_by_hand) {
  const Model model = Pair::make();
  const Subject subject(model, test::tensor({1, 3, 6, 0}, {1, 2, 1, 2}));
  const Map map = explain(find_technique("contrastive_excitation"), subject, logit(0), {.at = "x"});
  EXPECT_TRUE(map.values.allclose(test::tensor({0, 0.75}, {1, 2}), 1e-5, 1e-7)) << map.values;
  ASSERT_GE(map.notes.size(), 2u);
  EXPECT_NE(map.notes.back().find("contrast taken at 'pooled', weights of 'fc' negated"), std::string::npos);
}

// A classifier that is a convolution over a map, as SqueezeNet's: the map is read below it by default.
TEST(contrastive_excitation, reads_below_a_classifier_that_is_a_convolution) {
  test::Net net;
  const ValueId below = net.node("Relu", {net.conv(net.input("x", {-1, 3, 12, 12}), 3, 6, 3, 1, 1)}, {}, "below");
  const ValueId features = net.conv(below, 6, 8, 3, 1, 1);
  const ValueId scores = net.node("Relu", {net.conv(features, 8, 4, 1)}, {}, "scores");
  net.node("Flatten", {net.node("GlobalAveragePool", {scores})});
  const Model model = net.model();
  const Subject subject(model, test::random_normal({1, 3, 12, 12}, 3));
  const Map map = explain(find_technique("contrastive_excitation"), subject, parse_objective("logit(top)"));
  EXPECT_EQ(map.at, "below");
  EXPECT_GT(map.values.max().item<float>(), 0);
  EXPECT_EQ(map.values.sizes(), (std::vector<std::int64_t>{12, 12}));
}

TEST(contrastive_excitation, takes_the_contrast_where_told) {
  const test::Asked asked;
  const Tensor there = asked.ask("contrastive_excitation", {{"contrast", "features"}}, "early");
  EXPECT_GE(there.min().item<float>(), 0);
  EXPECT_GT(there.max().item<float>(), 0);
  EXPECT_THROW(asked.ask("contrastive_excitation", {{"contrast", "featurs"}}, "early"), Error);
}

}  // namespace
}  // namespace fovea

// SPDX-License-Identifier: Apache-2.0
#include "make/shared/layers.h"

#include <algorithm>

#include "make/asked.h"
#include "make/shared/common.h"

namespace fovea {
namespace {

std::vector<std::string> names_of(const Model& model, const std::vector<ValueId>& values) {
  std::vector<std::string> names;
  for (const ValueId value : values) names.push_back(model.graph.name(value));
  return names;
}

TEST(layers, named_ones_come_in_the_networks_order) {
  const Model model = test::made_model();
  EXPECT_EQ(names_of(model, make::layers_of(model, "features; early", 8)),
            (std::vector<std::string>{"early", "features"}));
  EXPECT_EQ(names_of(model, make::layers_of(model, "*eat*", 8)), (std::vector<std::string>{"features"}));
  EXPECT_TRUE(test::holds(test::failure_of([&] { make::layers_of(model, "late", 8); }), "late"));
}

TEST(layers, none_named_spreads_over_the_depth_and_ends_with_the_scores) {
  const Model model = test::made_model();  // relu, pool, relu, global pool, scores
  const std::vector<ValueId> three = make::layers_of(model, "", 3);
  ASSERT_EQ(three.size(), 3U);
  EXPECT_EQ(model.graph.name(three.front()), "early");
  EXPECT_EQ(three.back(), model.graph.logits());
  EXPECT_EQ(make::layers_of(model, "", 100).size(), 5U);
}

TEST(layers, a_stride_finds_the_maps_of_that_size) {
  const Model model = test::made_model();  // maps of 16, 7 and 1
  EXPECT_EQ(model.graph.name(make::layer_at_stride(model, 1)), "early");
  EXPECT_EQ(model.graph.name(make::layer_at_stride(model, 3)), "features");
}

TEST(layers, by_size_takes_the_first_that_is_no_pool) {
  const Model model = test::made_model();
  EXPECT_EQ(names_of(model, make::layers_by_size(model, 5)), (std::vector<std::string>{"early", "features"}));
  EXPECT_EQ(names_of(model, make::layers_by_size(model, 1)), (std::vector<std::string>{"early"}));
}

TEST(layers, in_a_block_of_branches_only_its_end_counts) {
  test::Net net;
  const ValueId x = net.node("Relu", {net.conv(net.input("data", {-1, 3, 8, 8}), 3, 4, 3, 1, 1)}, {}, "stem");
  const ValueId left = net.node("Relu", {net.conv(x, 4, 4, 1, 1, 0)}, {}, "left");
  const ValueId right = net.node("Relu", {net.conv(x, 4, 4, 3, 1, 1)}, {}, "right");
  const ValueId join = net.node("Concat", {left, right}, test::attributes({{"axis", std::int64_t{1}}}), "join");
  net.gemm(net.node("Flatten", {net.node("GlobalAveragePool", {join})}), 8, 3);
  Model model = net.model();
  model.card.preprocess = test::made_model().card.preprocess;
  model.card.preprocess->width = model.card.preprocess->height = 8;
  const std::vector<std::string> names = names_of(model, make::layers_of(model, "", 100));
  EXPECT_NE(std::find(names.begin(), names.end(), "stem"), names.end());
  EXPECT_NE(std::find(names.begin(), names.end(), "join"), names.end());
  EXPECT_EQ(std::find(names.begin(), names.end(), "left"), names.end());
  EXPECT_EQ(std::find(names.begin(), names.end(), "right"), names.end());
}

}  // namespace
}  // namespace fovea

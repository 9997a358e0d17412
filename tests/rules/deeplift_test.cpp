// DeepLIFT's rescale rule by hand, and its sum over networks of every kind of layer.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fovea/error.h>
#include <fovea/walk.h>

#include "rules/lrp_definition.h"
#include "support/net.h"

namespace fovea {
namespace {

using test::attributes;
using test::Net;
using test::tensor;
using Ints = std::vector<std::int64_t>;

Tensor lift(const Graph& graph, const Tensor& x, const Tensor& x0, const Tensor& start, const Settings& settings = {}) {
  const Recipe& recipe = find_recipe("deeplift");
  const Options options(recipe.name, recipe.options, {}, {}, settings);
  const Trace trace = run(graph, x);
  const Trace reference = run(graph, x0);
  return walk(trace, {{graph.outputs()[0], start}}, recipe, {.recipe = &options, .reference = &reference})
      .at(graph.inputs()[0]);
}

// x0 = -1 and x = 3: ReLU rises by 3 over 4. Where nothing changes, the gradient.
TEST(deeplift, rescales_a_relu) {
  Net net;
  net.node("Relu", {net.input("x", {-1, 4})});
  const Tensor m =
      lift(net.graph(), tensor({3, -2, 2, -1}, {1, 4}), tensor({-1, 2, 2, -1}, {1, 4}), tensor({4, 1, 5, 5}, {1, 4}));
  EXPECT_TRUE(m.allclose(tensor({3, 0.5, 5, 0}, {1, 4}))) << m;
}

// 3 * 5 - 1 * 2 = 13 = (3 - 1) (5 + 2) / 2 + (5 - 2) (3 + 1) / 2.
TEST(deeplift, averages_the_orders_of_a_product) {
  Net net;
  const ValueId x = net.input("x", {-1, 2});
  const ValueId first = net.node("Gemm", {x, net.constant(tensor({1, 0}, {2, 1}))});
  const ValueId second = net.node("Gemm", {x, net.constant(tensor({0, 1}, {2, 1}))});
  net.node("Mul", {first, second});
  const Tensor m = lift(net.graph(), tensor({3, 5}, {1, 2}), tensor({1, 2}, {1, 2}), tensor({1}, {1, 1}));
  EXPECT_TRUE(m.allclose(tensor({3.5, 2}, {1, 2}))) << m;
}

// The maximum rises from 4 (second) to 6 (first): the first, which rose by 5, gets 2; it falls from 4 to 3.
TEST(deeplift, gives_a_maximum_to_the_winner_that_moved_it) {
  Net net;
  net.node("MaxPool", {net.input("x", {-1, 1, 1, 4})},
           attributes({{"kernel_shape", Ints{1, 2}}, {"strides", Ints{1, 2}}}));
  const Tensor x = tensor({6, 4, 3, 1}, {1, 1, 1, 4});
  const Tensor x0 = tensor({1, 4, 2, 4}, {1, 1, 1, 4});
  const Tensor start = tensor({1, 1}, {1, 1, 1, 2});
  EXPECT_TRUE(lift(net.graph(), x, x0, start).equal(tensor({1, 0, 1, 0}, {1, 1, 1, 4}))) << "the gradient";
  const Tensor m = lift(net.graph(), x, x0, start, {{"max_pool", "rescale"}});
  EXPECT_TRUE(m.allclose(tensor({2.0 / 5, 0, 0, 1.0 / 3}, {1, 1, 1, 4}))) << m;
  EXPECT_NEAR((m * (x - x0)).sum().item<double>(), (6 - 4) + (3 - 4), 1e-6);
}

/// Overlapping max-pools, a residual sum, SiLU as a product with a sigmoid, batch norm.
Graph varied() {
  Net net;
  ValueId x = net.node("Relu", {net.conv(net.input("x", {-1, 3, 12, 12}), 3, 6, 3, 1, 1)});
  x = net.node("MaxPool", {x}, attributes({{"kernel_shape", Ints{3, 3}}, {"strides", Ints{2, 2}}}));
  const ValueId inner = net.conv(x, 6, 6, 3, 1, 1);
  x = net.node("Add", {x, net.node("Mul", {inner, net.node("Sigmoid", {inner})})});
  x = net.node("BatchNormalization",
               {x, net.constant(test::random_normal({6}, 1)), net.constant(test::random_normal({6}, 2)),
                net.constant(test::random_normal({6}, 3)), net.constant(test::random_normal({6}, 4).abs() + 0.5)});
  x = net.node("Clip", {x, net.constant(tensor({0}, {})), net.constant(tensor({6}, {}))});
  net.gemm(net.node("Flatten", {net.node("GlobalMaxPool", {x})}), 6, 3);
  return to_type(net.graph(), at::kDouble);
}

TEST(deeplift, sums_to_the_change_on_networks_of_all_kinds) {
  for (const Graph& graph : {varied(), test::lrp_network()}) {
    Shape shape = graph.value(graph.inputs()[0]).declared;
    shape[0] = 1;
    const Tensor x = test::random_normal(shape, 5, at::kDouble) * 2;
    const Tensor x0 = test::random_normal(shape, 6, at::kDouble);
    const Tensor start = tensor({0, 1, 0}, {1, 3}, at::kDouble);
    const double change = ((run(graph, x).scores() - run(graph, x0).scores()) * start).sum().item<double>();
    const Tensor m = lift(graph, x, x0, start, {{"max_pool", "rescale"}});
    EXPECT_NEAR((m * (x - x0)).sum().item<double>(), change, 1e-9 * std::abs(change) + 1e-9);
    EXPECT_GT(std::abs(change), 1e-3);
  }
}

TEST(deeplift, needs_a_reference_of_the_same_graph) {
  const Graph graph = varied();
  const Graph other = varied();
  const Tensor x = test::random_normal({1, 3, 12, 12}, 5, at::kDouble);
  const Trace trace = run(graph, x);
  const Trace elsewhere = run(other, x);
  const Seeds start{{graph.outputs()[0], tensor({0, 1, 0}, {1, 3}, at::kDouble)}};
  EXPECT_THROW(walk(trace, start, find_recipe("deeplift")), Error);
  EXPECT_THROW(walk(trace, start, find_recipe("deeplift"), {.reference = &elsewhere}), Error);
}

}  // namespace
}  // namespace fovea

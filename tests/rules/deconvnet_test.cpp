// The deconvnet by hand: unpool, rectify, filter.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fovea/walk.h>

#include "core/switches.h"
#include "support/net.h"

namespace fovea {
namespace {

using test::attributes;
using test::Net;
using test::tensor;
using Ints = std::vector<std::int64_t>;

Attributes window(std::int64_t kernel, std::int64_t stride) {
  return attributes({{"kernel_shape", Ints{1, kernel}}, {"strides", Ints{1, stride}}});
}

Options unpool(const char* how) {
  const Recipe& recipe = find_recipe("deconvnet");
  return Options(recipe.name, recipe.options, recipe.presets, {}, {{"unpool", how}});
}

Tensor project(const Graph& graph, const Tensor& x, const Tensor& relevance, const Options& options) {
  const Trace trace = run(graph, x);
  return walk(trace, {{graph.outputs()[0], relevance}}, find_recipe("deconvnet"), {.recipe = &options})
      .at(graph.inputs()[0]);
}

// Input 1 5 2 4 3, windows of 3 every 1: maxima 5 (at 1), 5 (at 1), 4 (at 3). The first two share a switch.
TEST(deconvnet, places_where_captum_sums) {
  Net net;
  net.node("MaxPool", {net.input("x", {-1, 1, 1, 5})}, window(3, 1));
  const Graph graph = net.graph();
  const Tensor x = tensor({1, 5, 2, 4, 3}, {1, 1, 1, 5});
  const Tensor relevance = tensor({10, 20, 30}, {1, 1, 1, 3});
  EXPECT_TRUE(project(graph, x, relevance, unpool("place")).equal(tensor({0, 20, 0, 30, 0}, {1, 1, 1, 5})));
  EXPECT_TRUE(project(graph, x, relevance, unpool("sum")).equal(tensor({0, 30, 0, 30, 0}, {1, 1, 1, 5})));
}

TEST(deconvnet, place_and_sum_agree_where_windows_do_not_overlap) {
  Net net;
  net.node("MaxPool", {net.input("x", {-1, 4, 6, 8})},
           attributes({{"kernel_shape", Ints{2, 2}}, {"strides", Ints{2, 2}}}));
  const Graph graph = net.graph();
  const Tensor x = test::random_normal({2, 4, 6, 8}, 1);
  const Tensor relevance = test::random_normal({2, 4, 3, 4}, 2);
  EXPECT_TRUE(project(graph, x, relevance, unpool("place")).equal(project(graph, x, relevance, unpool("sum"))));
}

TEST(deconvnet, the_first_of_equal_maxima_is_the_switch) {
  Net net;
  net.node("MaxPool", {net.input("x", {-1, 1, 1, 4})}, window(4, 4));
  const Tensor placed =
      project(net.graph(), tensor({0, 0, 0, 0}, {1, 1, 1, 4}), tensor({7}, {1, 1, 1, 1}), unpool("place"));
  EXPECT_TRUE(placed.equal(tensor({7, 0, 0, 0}, {1, 1, 1, 4})));
}

TEST(deconvnet, switches_respect_pads_ceil_mode_and_dilation) {
  Net net;  // 5 px, padded by 1 before: windows of 2 taps 2 apart, every 2
  net.node("MaxPool", {net.input("x", {-1, 1, 1, 5})},
           attributes({{"kernel_shape", Ints{1, 2}},
                       {"strides", Ints{1, 2}},
                       {"dilations", Ints{1, 2}},
                       {"pads", Ints{0, 1, 0, 1}},
                       {"ceil_mode", std::int64_t{1}}}));
  const Graph graph = net.graph();
  const Tensor x = tensor({1, 9, 3, 4, 5}, {1, 1, 1, 5});
  const Trace trace = run(graph, x);
  const Tensor pooled = trace.value(graph.outputs()[0]);  // {pad,9}, {9,4}, {4,pad}
  ASSERT_TRUE(pooled.equal(tensor({9, 9, 4}, {1, 1, 1, 3}))) << pooled;
  const Tensor placed = place_at_switches(graph.nodes()[0], x, tensor({1, 2, 3}, {1, 1, 1, 3}));
  EXPECT_TRUE(placed.equal(tensor({0, 2, 0, 3, 0}, {1, 1, 1, 5}))) << placed;
}

TEST(deconvnet, rectifies_the_reconstruction_and_ignores_the_forward_mask) {
  Net net;
  net.node("Relu", {net.input("x", {-1, 4})});
  const Tensor relevance =
      project(net.graph(), tensor({1, -1, 1, -1}, {1, 4}), tensor({2, 3, -4, -5}, {1, 4}), unpool("place"));
  EXPECT_TRUE(relevance.equal(tensor({2, 3, 0, 0}, {1, 4})));
}

TEST(deconvnet, filters_with_transposed_filters_and_no_bias) {
  Net net;
  const ValueId x = net.input("x", {-1, 1, 1, 3});
  net.node("Conv", {x, net.constant(tensor({1, 2}, {1, 1, 1, 2})), net.constant(tensor({100}, {1}))});
  const Tensor relevance =
      project(net.graph(), tensor({0, 0, 0}, {1, 1, 1, 3}), tensor({3, 5}, {1, 1, 1, 2}), unpool("place"));
  EXPECT_TRUE(relevance.equal(tensor({3, 11, 10}, {1, 1, 1, 3})));  // 3*[1 2 0] + 5*[0 1 2]
}

TEST(deconvnet, crosses_lrn_unchanged_or_by_its_derivative) {
  Net net;
  net.node("LRN", {net.input("x", {-1, 3, 1, 1})}, attributes({{"size", std::int64_t{3}}, {"alpha", 1.0}}));
  const Graph graph = net.graph();
  const Tensor x = tensor({1, 2, 3}, {1, 3, 1, 1});
  const Tensor relevance = tensor({1, -1, 2}, {1, 3, 1, 1});
  const Recipe& recipe = find_recipe("deconvnet");
  const Options pass(recipe.name, recipe.options, {}, {}, {{"lrn", "pass"}});
  EXPECT_TRUE(project(graph, x, relevance, pass).equal(relevance));
  const Trace trace = run(graph, x);
  const Tensor gradient = walk(trace, {{graph.outputs()[0], relevance}}, find_recipe("gradient")).at(graph.inputs()[0]);
  EXPECT_TRUE(project(graph, x, relevance, unpool("place")).equal(gradient));
  EXPECT_FALSE(gradient.equal(relevance));
}

}  // namespace
}  // namespace fovea

// The walk by the gradient recipe against whole-graph autograd, on graphs that break hook-based libraries.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fovea/error.h>
#include <fovea/walk.h>

#include "support/net.h"

namespace fovea {
namespace {

using test::attributes;
using test::Net;
using Ints = std::vector<std::int64_t>;

constexpr double same_to = 1e-6;

/// A graph and an input for it.
struct Case {
  std::string name;
  Graph graph;
  Shape input;
};

ValueId pool(Net& net, ValueId x, std::int64_t kernel, std::int64_t stride, bool ceil) {
  return net.node("MaxPool", {x},
                  attributes({{"kernel_shape", Ints{kernel, kernel}},
                              {"strides", Ints{stride, stride}},
                              {"ceil_mode", std::int64_t{ceil}}}));
}

ValueId classifier(Net& net, ValueId x, std::int64_t channels) {
  return net.gemm(net.node("Flatten", {net.node("GlobalAveragePool", {x})}), channels, 5);
}

Case plain() {
  Net net;
  ValueId x = net.input("x", {-1, 3, 13, 13});
  x = net.node("Relu", {net.conv(x, 3, 6, 3)});
  classifier(net, x, 6);
  return {"plain", net.graph(), {2, 3, 13, 13}};
}

/// One ReLU's output read twice by the same op, and the same weights used by two convolutions.
Case reused() {
  Net net;
  ValueId x = net.input("x", {-1, 4, 9, 9});
  const ValueId weight = net.constant(test::random_normal({4, 4, 3, 3}, 7) * 0.2);
  const Attributes same = attributes({{"pads", Ints{1, 1, 1, 1}}});
  x = net.node("Relu", {net.node("Conv", {x, weight}, same)});
  x = net.node("Relu", {net.node("Conv", {x, weight}, same)});
  x = net.node("Mul", {x, x});
  classifier(net, x, 4);
  return {"reused", net.graph(), {2, 4, 9, 9}};
}

Case fan_out() {
  Net net;
  const ValueId input = net.input("x", {-1, 3, 9, 9});
  const ValueId x = net.node("Relu", {net.conv(input, 3, 4, 3, 1, 1)});
  const ValueId a = net.node("Relu", {net.conv(x, 4, 4, 3, 1, 1)});
  const ValueId b = net.node("Sigmoid", {net.conv(x, 4, 4, 1)});
  classifier(net, net.node("Add", {net.node("Mul", {a, b}), x}), 4);
  return {"fan_out", net.graph(), {2, 3, 9, 9}};
}

Case residual() {
  Net net;
  ValueId x = net.node("Relu", {net.conv(net.input("x", {-1, 3, 9, 9}), 3, 4, 3, 1, 1)});
  for (int block = 0; block < 3; ++block) {
    const ValueId inner = net.conv(net.node("Relu", {net.conv(x, 4, 4, 3, 1, 1)}), 4, 4, 3, 1, 1);
    x = net.node("Relu", {net.node("Add", {inner, x})});
  }
  classifier(net, x, 4);
  return {"residual", net.graph(), {2, 3, 9, 9}};
}

Case concat() {
  Net net;
  const ValueId x = net.node("Relu", {net.conv(net.input("x", {-1, 3, 9, 9}), 3, 4, 3, 1, 1)});
  const ValueId joined = net.node("Concat", {net.conv(x, 4, 3, 1), net.conv(x, 4, 2, 3, 1, 1), x},
                                  attributes({{"axis", std::int64_t{1}}}));
  classifier(net, net.node("Relu", {joined}), 9);
  return {"concat", net.graph(), {2, 3, 9, 9}};
}

Case lrn() {
  Net net;
  ValueId x = net.node("Relu", {net.conv(net.input("x", {-1, 3, 11, 11}), 3, 8, 3)});
  x = net.node("LRN", {x}, attributes({{"size", std::int64_t{5}}, {"alpha", 0.5}, {"beta", 0.75}, {"bias", 1.0}}));
  classifier(net, x, 8);
  return {"lrn", net.graph(), {2, 3, 11, 11}};
}

Case ceil_overlapping_pool() {
  Net net;
  ValueId x = net.node("Relu", {net.conv(net.input("x", {-1, 3, 14, 15}), 3, 6, 3)});
  x = pool(net, x, 3, 2, true);
  x = pool(net, net.node("Relu", {net.conv(x, 6, 6, 3, 1, 1)}), 3, 2, true);
  classifier(net, x, 6);
  return {"ceil_overlapping_pool", net.graph(), {2, 3, 14, 15}};
}

Case grouped() {
  Net net;
  ValueId x = net.node("Relu", {net.conv(net.input("x", {-1, 4, 9, 9}), 4, 8, 3, 1, 1, 2)});
  x = net.node("Relu", {net.conv(x, 8, 8, 3, 2, 1, 8)});
  classifier(net, x, 8);
  return {"grouped", net.graph(), {2, 4, 9, 9}};
}

Case batch_norm() {
  Net net;
  ValueId x = net.conv(net.input("x", {-1, 3, 9, 9}), 3, 4, 3);
  x = net.node("BatchNormalization",
               {x, net.constant(test::random_normal({4}, 1)), net.constant(test::random_normal({4}, 2)),
                net.constant(test::random_normal({4}, 3)), net.constant(test::random_normal({4}, 4).abs() + 0.5)});
  classifier(net, net.node("Relu", {x}), 4);
  return {"batch_norm", net.graph(), {2, 3, 9, 9}};
}

std::vector<Case> cases() {
  return {plain(), reused(), fan_out(), residual(), concat(), lrn(), ceil_overlapping_pool(), grouped(), batch_norm()};
}

class walk_gradient : public ::testing::TestWithParam<std::tuple<int, at::ScalarType>> {};

TEST_P(walk_gradient, equals_whole_graph_autograd) {
  const auto [which, type] = GetParam();
  const Case subject = cases()[static_cast<std::size_t>(which)];
  SCOPED_TRACE(subject.name);
  const Graph graph = to_type(subject.graph, type);
  const Tensor x = test::random_normal(subject.input, 42, type);

  const Trace taped = run(graph, x);
  const Objective objective = parse_objective("logit(3) - 0.5 * logit(1) + probability(2)");
  const Tensor walked = walk(taped, seed(taped, objective), find_recipe("gradient")).at(graph.inputs()[0]);

  const Model model{.path = "test", .hash = {}, .graph = graph, .card = {}};
  const Tensor whole = gradient_at(model, x, objective);
  EXPECT_LE(test::relative_error(walked, whole), type == at::kDouble ? 1e-12 : same_to);
  EXPECT_GT(whole.abs().max().item<double>(), 0);
}

INSTANTIATE_TEST_SUITE_P(walk, walk_gradient,
                         ::testing::Combine(::testing::Range(0, 9), ::testing::Values(at::kFloat, at::kDouble)));

TEST(walk, sums_relevance_where_a_value_is_read_twice) {
  Net net;
  const ValueId x = net.input("x", {-1, 1});
  net.node("Add", {x, x});
  const Graph graph = net.graph();
  const Trace trace = run(graph, test::tensor({3}, {1, 1}));
  const Relevance relevance = walk(trace, seed(trace, parse_objective("logit(0)")), find_recipe("gradient"));
  EXPECT_EQ(relevance.at(x).item<float>(), 2);
}

TEST(walk, keeps_relevance_at_every_value_when_asked) {
  const Case subject = fan_out();
  const Trace trace = run(subject.graph, test::random_normal(subject.input, 1));
  const Relevance all = walk(trace, seed(trace, logit(0)), find_recipe("gradient"), {.keep_all = true});
  for (const Node& node : subject.graph.nodes()) {
    EXPECT_TRUE(all.reached(node.outputs[0])) << node.name;
    EXPECT_EQ(all.at(node.outputs[0]).sizes(), trace.value(node.outputs[0]).sizes());
    const Relevance one = walk(trace, seed(trace, logit(0)), find_recipe("gradient"), {.keep = {node.outputs[0]}});
    EXPECT_EQ(test::largest_difference(one.at(node.outputs[0]), all.at(node.outputs[0])), 0) << node.name;
  }
}

TEST(walk, may_be_done_again_and_again) {
  const Case subject = residual();
  const Trace trace = run(subject.graph, test::random_normal(subject.input, 1));
  const Tensor first = walk(trace, seed(trace, logit(0)), find_recipe("gradient")).at(subject.graph.inputs()[0]);
  walk(trace, seed(trace, logit(1)), find_recipe("guided"));
  const Tensor again = walk(trace, seed(trace, logit(0)), find_recipe("gradient")).at(subject.graph.inputs()[0]);
  EXPECT_TRUE(first.equal(again));
}

TEST(walk, refuses_a_run_without_tape) {
  const Case subject = plain();
  const Trace trace = run(subject.graph, test::random_normal(subject.input, 1), {.tape = Tape::none});
  EXPECT_THROW(walk(trace, seed(trace, logit(0)), find_recipe("gradient")), Error);
}

TEST(walk, refuses_relevance_that_was_not_kept) {
  const Case subject = plain();
  const Trace trace = run(subject.graph, test::random_normal(subject.input, 1));
  const Relevance relevance = walk(trace, seed(trace, logit(0)), find_recipe("gradient"));
  EXPECT_THROW(relevance.at(subject.graph.nodes()[0].outputs[0]), Error);
}

// Relevance comes in whatever layout the node above left it in; libtorch 1.13's batch norm reads some of them wrongly.
TEST(walk_layouts, every_node_gives_the_same_for_relevance_in_any_memory_format) {
  test::Net net;
  ValueId x = net.conv(net.input("x", {-1, 3, 9, 8}), 3, 6, 3, 1, 1);
  x = net.node("BatchNormalization",
               {x, net.constant(test::random_normal({6}, 1).abs() + 0.5), net.constant(test::random_normal({6}, 2)),
                net.constant(test::random_normal({6}, 3)), net.constant(test::random_normal({6}, 4).abs() + 0.5)});
  x = net.node("Relu", {x});
  const ValueId pooled = net.node("MaxPool", {x},
                                  test::attributes({{"kernel_shape", std::vector<std::int64_t>{3, 3}},
                                                    {"pads", std::vector<std::int64_t>{1, 1, 1, 1}}}));
  x = net.node("Concat", {net.node("Add", {x, pooled}), pooled}, test::attributes({{"axis", std::int64_t{1}}}));
  x = net.node("LRN", {x}, test::attributes({{"size", std::int64_t{3}}}));
  x = net.node("AveragePool", {x}, test::attributes({{"kernel_shape", std::vector<std::int64_t>{2, 2}}}));
  net.conv(x, 12, 4, 1);
  const Graph graph = net.graph();
  for (const at::ScalarType type : {at::kFloat, at::kDouble}) {
    const Graph typed = to_type(graph, type);
    const Trace trace = run(typed, test::random_normal({1, 3, 9, 8}, 7, type));
    for (std::size_t n = 0; n < typed.nodes().size(); ++n) {
      const Step& step = trace.step(static_cast<NodeId>(n));
      const Tensor rows = test::random_normal(step.outputs[0].sizes().vec(), n + 1, type);
      const Tensor last = rows.contiguous(at::MemoryFormat::ChannelsLast);
      const std::vector<Tensor> expected = vjp(step.outputs, step.inputs, {rows});
      for (const Tensor& relevance :
           {last, last.reshape(last.sizes()), last.as_strided(last.sizes(), last.strides())}) {
        const std::vector<Tensor> found = vjp(step.outputs, step.inputs, {relevance});
        for (std::size_t i = 0; i < found.size(); ++i) {
          if (found[i].defined()) {
            EXPECT_LT(test::relative_error(found[i], expected[i]), 1e-5) << typed.nodes()[n].op->onnx << " " << type;
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace fovea

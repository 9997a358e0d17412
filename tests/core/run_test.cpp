// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fovea/error.h>
#include <fovea/trace.h>

#include "support/net.h"

namespace fovea {
namespace {

using test::Net;

/// x -> double (Add x x) -> relu -> scaled (Mul by 3)
struct Chain {
  Net net;
  ValueId x = net.input("x", {-1, 2});
  ValueId doubled = net.node("Add", {x, x}, {}, "doubled");
  ValueId relu = net.node("Relu", {doubled}, {}, "relu");
  ValueId scaled = net.node("Mul", {relu, net.constant(test::tensor({3}, {1}))}, {}, "scaled");
  Graph graph = net.graph();
  Tensor input = test::tensor({1, -1}, {1, 2});
};

TEST(run, computes_and_keeps_every_value) {
  const Chain chain;
  const Trace trace = run(chain.graph, chain.input);
  EXPECT_TRUE(trace.value(chain.doubled).equal(test::tensor({2, -2}, {1, 2})));
  EXPECT_TRUE(trace.value(chain.relu).equal(test::tensor({2, 0}, {1, 2})));
  EXPECT_TRUE(trace.value(chain.scaled).equal(test::tensor({6, 0}, {1, 2})));
}

TEST(run, lets_go_of_what_nobody_keeps) {
  const Chain chain;
  const Trace trace =
      run(chain.graph, chain.input, {.tape = Tape::none, .keep = KeepValues::named, .named = {chain.relu}});
  EXPECT_TRUE(trace.has(chain.relu));
  EXPECT_TRUE(trace.has(chain.scaled));
  EXPECT_FALSE(trace.has(chain.doubled));
  EXPECT_THROW((void)trace.value(chain.doubled), Error);
}

TEST(run, stops_at_the_values_asked_for) {
  const Chain chain;
  const Trace trace = run(chain.graph, chain.input, {.tape = Tape::none, .until = {chain.relu}});
  EXPECT_TRUE(trace.has(chain.relu));
  EXPECT_FALSE(trace.has(chain.scaled));
}

TEST(run, takes_given_values_instead_of_computing_them) {
  const Chain chain;
  const Trace trace =
      run(chain.graph, chain.input, {.tape = Tape::none, .given = {{chain.relu, test::tensor({5, 7}, {1, 2})}}});
  EXPECT_TRUE(trace.value(chain.scaled).equal(test::tensor({15, 21}, {1, 2})));
  EXPECT_FALSE(trace.has(chain.doubled)) << "nothing needs what lies before a given value";
}

TEST(run, takes_other_weights) {
  const Chain chain;
  Weights weights = chain.graph.weights();
  for (Tensor& weight : weights) {
    if (weight.defined()) weight = weight * 10;
  }
  const Trace trace = run(chain.graph, chain.input, {.weights = &weights});
  EXPECT_TRUE(trace.value(chain.scaled).equal(test::tensor({60, 0}, {1, 2})));
}

TEST(run, leaves_its_input_alone) {
  const Chain chain;
  const Tensor before = chain.input.clone();
  run(chain.graph, chain.input);
  EXPECT_TRUE(chain.input.equal(before));
}

TEST(run, names_the_input_that_does_not_fit) {
  const Chain chain;
  try {
    run(chain.graph, test::tensor({1, 2, 3}, {1, 3}));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::shape);
    EXPECT_STREQ(error.what(), "the network's input 'x' is [?,2], found [1,3]");
  }
}

TEST(run, names_the_node_that_cannot_take_its_inputs) {
  Net net;
  const ValueId x = net.input("x", {});
  net.node("MatMul", {x, net.constant(test::random_normal({4, 2}, 1))}, {}, "product");
  const Graph graph = net.graph();
  try {
    run(graph, test::random_normal({1, 3}, 1));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::shape);
    EXPECT_NE(std::string(error.what()).find("'product' (MatMul)"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("[1,3]"), std::string::npos) << error.what();
  }
}

TEST(run, asks_for_missing_inputs_by_name) {
  Net net;
  const ValueId a = net.input("content", {-1, 2});
  const ValueId b = net.input("style", {-1, 2});
  net.node("Add", {a, b});
  const Graph graph = net.graph();
  try {
    run(graph, test::tensor({1, 2}, {1, 2}));
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("'style'"), std::string::npos) << error.what();
  }
  const Trace trace = run(graph, test::tensor({1, 2}, {1, 2}), {.given = {{b, test::tensor({1, 1}, {1, 2})}}});
  EXPECT_TRUE(trace.scores().equal(test::tensor({2, 3}, {1, 2})));
}

TEST(run, averages_the_scores_of_a_fully_convolutional_classifier) {
  EXPECT_TRUE(flatten_scores(test::tensor({1, 3, 5, 7}, {1, 2, 1, 2})).equal(test::tensor({2, 6}, {1, 2})));
  EXPECT_TRUE(flatten_scores(test::tensor({1, 3}, {1, 2, 1, 1})).equal(test::tensor({1, 3}, {1, 2})));
}

TEST(run, differentiates_weights_that_ask_for_it) {
  const Chain chain;
  Weights weights = chain.graph.weights();
  Tensor factor;
  for (Tensor& weight : weights) {
    if (weight.defined()) factor = weight = weight.clone().requires_grad_();
  }
  const Trace trace = run(chain.graph, chain.input, {.tape = Tape::whole, .weights = &weights});
  const Tensor total = trace.value(chain.scaled).sum();
  const Tensor gradient = vjp({total}, {factor}, {total.detach() * 0 + 1})[0];
  EXPECT_EQ(gradient.item<float>(), 2);
}

}  // namespace
}  // namespace fovea

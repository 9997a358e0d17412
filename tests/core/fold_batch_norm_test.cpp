// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fovea/trace.h>

#include "core/fold_batch_norm.h"
#include "support/net.h"

namespace fovea {
namespace {

using test::Net;

ValueId norm(Net& net, ValueId x, std::int64_t channels, const char* name) {
  return net.node(
      "BatchNormalization",
      {x, net.constant(test::random_normal({channels}, 1)), net.constant(test::random_normal({channels}, 2)),
       net.constant(test::random_normal({channels}, 3)), net.constant(test::random_normal({channels}, 4).abs() + 0.5)},
      {}, name);
}

std::size_t count_norms(const Graph& graph) {
  std::size_t count = 0;
  for (const Node& node : graph.nodes()) count += node.op->kind == Kind::batch_norm;
  return count;
}

TEST(fold_batch_norm, keeps_every_value_and_name_but_the_convolutions_own_output) {
  Net net;
  ValueId x = net.conv(net.input("x", {-1, 3, 8, 8}), 3, 6, 3, 1, 1, 3);
  x = net.node("Relu", {norm(net, x, 6, "bn1")}, {}, "relu1");
  const ValueId weight = net.constant(test::random_normal({6, 4, 2, 2}, 9));
  x = norm(net, net.node("ConvTranspose", {x, weight}), 4, "bn2");
  x = norm(net, net.gemm(net.node("Flatten", {net.node("GlobalAveragePool", {x})}), 4, 5), 5, "bn3");
  const Graph graph = net.graph();
  const Graph folded = fold_batch_norm(graph);
  EXPECT_EQ(count_norms(graph), 3u);
  EXPECT_EQ(count_norms(folded), 0u);
  const Tensor input = test::random_normal({2, 3, 8, 8}, 5);
  const Trace before = run(graph, input);
  const Trace after = run(folded, input);
  for (const char* name : {"bn1", "relu1", "bn2", "bn3"}) {
    EXPECT_LE(test::relative_error(after.value(folded.at(name)), before.value(graph.at(name))), 1e-6) << name;
  }
}

TEST(fold_batch_norm, leaves_what_it_cannot_fold) {
  Net net;
  const ValueId input = net.input("x", {-1, 3, 8, 8});
  const ValueId before_conv = norm(net, input, 3, "in_front");  // no convolution before it (DenseNet)
  const ValueId conv = net.conv(before_conv, 3, 4, 3);
  const ValueId after = norm(net, conv, 4, "shared");  // its convolution is read elsewhere
  net.node("Add", {conv, after});
  EXPECT_EQ(count_norms(fold_batch_norm(net.graph())), 2u);
}

}  // namespace
}  // namespace fovea

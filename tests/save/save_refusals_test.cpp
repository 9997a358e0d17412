// What cannot be written as ONNX is refused with names, and a file is written whole or not at all.
// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <gtest/gtest.h>

#include "save/round_trip.h"
#include "support/failure.h"

namespace fovea::test {
namespace {

std::string refusal(const Graph& graph) {
  return failure_of([&] { to_onnx(with_graph(graph)); });
}

/// Returns the graph with one node made for another operator set.
Graph with_opset(const Graph& graph, std::size_t node, int opset) {
  Graph::Parts parts = graph.parts();
  parts.nodes[node].opset = opset;
  return Graph(std::move(parts));
}

TEST(save_refusals, mixed_operator_sets) {
  Net net(17);
  const ValueId x = net.input("x", {-1, 3, 4, 4});
  net.node("Clip", {net.node("Relu", {x}, {}, "relu")}, {}, "clip");
  const Graph graph = net.graph();
  EXPECT_EQ(
      refusal(with_opset(graph, 1, 6)),
      "unsupported: nodes 'clip' (Clip, operator set 6) and 'relu' (Relu, operator set 17) cannot be in one file: "
      "Clip changed its meaning in between");
  // Relu took more element types since, and means the same.
  const auto opset = [](const Graph& g) { return parsed(to_onnx(with_graph(g))).opset_import(0).version(); };
  EXPECT_EQ(opset(with_opset(graph, 0, 6)), 17);
  EXPECT_EQ(opset(with_opset(graph, 1, 13)), 17);
  EXPECT_EQ(opset(with_opset(with_opset(graph, 0, 20), 1, 20)), 20) << "newer than libonnx knows, but all the same";
  EXPECT_TRUE(holds(refusal(with_opset(graph, 1, 99)), "unsupported: ")) << "nobody can tell what changed";
  EXPECT_TRUE(holds(refusal(with_opset(graph, 1, 0)), "is of no operator set"));
}

TEST(save_refusals, operator_sets_between_which_an_op_changed) {
  struct Change {
    const char* op;
    int before, after;
  };
  for (const auto& [op, before, after] :
       {Change{"Clip", 10, 11}, Change{"Pad", 10, 11}, Change{"Dropout", 10, 12}, Change{"Softmax", 12, 13},
        Change{"LogSoftmax", 12, 13}, Change{"ReduceSum", 12, 13}, Change{"Squeeze", 12, 13},
        Change{"Unsqueeze", 12, 13}, Change{"BatchNormalization", 13, 14}, Change{"Upsample", 9, 10},
        Change{"Slice", 9, 10}, Change{"Resize", 12, 13}, Change{"Resize", 10, 11}, Change{"Split", 12, 13},
        Change{"ConvTranspose", 10, 11}}) {
    Net net(after);
    const ValueId x = net.input("x", {-1, 3, 4, 4});
    net.node("Relu", {net.node(op, {x}, {}, "changed")}, {}, "relu");
    EXPECT_TRUE(holds(refusal(with_opset(net.graph(), 0, before)), "changed its meaning")) << op;
  }
}

TEST(save_refusals, ops_without_a_name_in_onnx) {
  static constexpr Op inner{.name = "inner_op", .onnx = ""};
  Graph::Parts parts = small_net().graph().parts();
  parts.nodes[2].op = &inner;
  parts.nodes[3].op = &inner;
  EXPECT_EQ(refusal(Graph(std::move(parts))),
            "unsupported: these ops have no counterpart in ONNX: inner_op ('Relu_2', 'MaxPool_3')");
}

TEST(save_refusals, names_and_shapes_that_onnx_needs) {
  Net twice;
  twice.node("Relu", {twice.node("Relu", {twice.input("x", {1, 3})}, {}, "a")}, {}, "a");
  EXPECT_EQ(refusal(twice.graph()), "format: two values of the graph are called 'a'");
  Graph::Parts parts = small_net().graph().parts();
  parts.values[3].name.clear();
  EXPECT_EQ(refusal(Graph(std::move(parts))), "format: value 3 of the graph has no name");
  Net undeclared;
  undeclared.node("Relu", {undeclared.input("x", {})});
  EXPECT_TRUE(holds(refusal(undeclared.graph()), "unsupported: input 'x' declares no shape"));
  Net complex_net;
  complex_net.node("Add",
                   {complex_net.input("x", {1}), complex_net.constant(tensor({1}, {1}).to(at::kComplexFloat), "c")});
  EXPECT_TRUE(holds(refusal(complex_net.graph()), "unsupported: constant 'c' has elements of "));
}

TEST(save_refusals, cards_that_the_loader_would_refuse) {
  Model model = small_net().model();
  model.card.preprocess = preset_preprocess("imagenet", {-1, 3, 16, 16});
  EXPECT_NO_THROW(to_onnx(model));
  model.card.preprocess->std[1] = 0;
  EXPECT_EQ(failure_of([&] { to_onnx(model); }),
            "format: model metadata 'fovea.card': field 'preprocess.std[1]' must be over 0");
  model.card.preprocess = preset_preprocess("imagenet", {-1, 3, 32, 16});
  EXPECT_TRUE(holds(failure_of([&] { to_onnx(model); }), "is 32, but the model's input has 16"));
}

TEST(save_refusals, whole_or_not_at_all) {
  const TemporaryFolder folder;
  const Model model = small_net().model();
  const auto kind = [&](const std::filesystem::path& path) {
    return failure_of([&] { save_onnx(model, path); }).substr(0, 5);
  };
  const std::filesystem::path old = folder.write("old.onnx", "old");
  EXPECT_EQ(kind(folder.path() / "absent" / "net.onnx"), "file:");
  EXPECT_EQ(kind(folder.path()), "file:");
  EXPECT_EQ(kind(old / "net.onnx"), "file:");
  EXPECT_EQ(kind("/dev/full"), "file:");
  Model broken = model;
  broken.graph = with_opset(model.graph, 1, 1);
  EXPECT_THROW(save_onnx(broken, old), Error);
  EXPECT_EQ(folder.count(), 1);
  EXPECT_EQ(folder.read("old.onnx"), "old");
  save_onnx(model, old);
  EXPECT_EQ(folder.read("old.onnx").size(), to_onnx(model).size());
}

}  // namespace
}  // namespace fovea::test

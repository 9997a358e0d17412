// Saved models: read back they are the same graphs to the bit and compute the same; their names, types, logits, hash.
// SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <span>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include <fovea/version.h>

#include "core/sha256.h"
#include "save/round_trip.h"
#include "support/failure.h"
#include "support/onnx_files.h"

namespace fovea::test {
namespace {

TEST(onnx_writer, small_net_round_trip) {
  expect_round_trip(small_net().model());
  expect_round_trip(small_net(11).model());
  const onnx::ModelProto message = parsed(to_onnx(small_net(11).model()));
  EXPECT_EQ(message.opset_import(0).version(), 11) << "the operator set that the nodes were made for";
  EXPECT_EQ(message.ir_version(), 8);
  EXPECT_EQ(message.producer_name(), "fovea");
  EXPECT_EQ(message.producer_version(), version());
  EXPECT_EQ(message.graph().input_size(), 1) << "constants are no inputs";
  const auto& output = message.graph().output(0).type().tensor_type();
  EXPECT_EQ(output.elem_type(), onnx::TensorProto::FLOAT);
  ASSERT_EQ(output.shape().dim_size(), 2) << "inferred where the graph declares nothing";
  EXPECT_EQ(output.shape().dim(0).dim_param(), "N");
  EXPECT_EQ(output.shape().dim(1).dim_value(), 10);
}

TEST(onnx_writer, optional_inputs_attributes_and_inner_types) {
  Net net;
  const ValueId x = net.input("x", {-1, 3, -1, -1});
  const ValueId high = net.constant(tensor({6}, {}));
  ValueId y = net.node("Clip", {x, no_value, high});
  const ValueId pads = net.constant(tensor({0, 0, 1, 2, 0, 0, 3, 4}, {8}, at::kLong));
  y = net.node("Pad", {y, pads}, attributes({{"mode", std::string("reflect")}}));
  const ValueId scales = net.constant(tensor({1, 1, 2, 2}, {4}));
  y = net.node("Resize", {y, no_value, scales}, attributes({{"mode", std::string("linear")}, {"cubic_coeff_a", -0.5}}));
  const ValueId shape = net.node("Shape", {y});
  const ValueId filled = net.node("ConstantOfShape", {shape}, attributes({{"value", tensor({0.25}, {1})}}));
  net.node("Add", {y, filled}, {}, "sum");
  expect_round_trip(net.model());
}

TEST(onnx_writer, types_and_layouts_of_constants) {
  for (const at::ScalarType type : {at::kFloat, at::kDouble, at::kInt, at::kLong, at::kByte, at::kChar, at::kShort}) {
    Net net;
    const ValueId constant = net.constant(tensor({1, 0, 100, 2, 3, 7}, {2, 3}, type).t(), "constant");
    const ValueId cast = net.node("CastLike", {net.input("x", {3, 2}), constant});
    net.node("Add", {cast, constant});
    const Graph graph = reloaded(net.model()).graph;
    EXPECT_TRUE(same_bits(graph.weights()[*graph.find("constant")], tensor({1, 2, 0, 3, 100, 7}, {3, 2}, type)));
    const auto message = parsed(to_onnx(net.model()));
    EXPECT_EQ(message.graph().initializer(0).data_type(), message.graph().output(0).type().tensor_type().elem_type());
  }
  // The loader widens 16-bit floats, so these are held against the file.
  for (const auto& [type, onnx_type] :
       {std::pair(at::kHalf, onnx::TensorProto::FLOAT16), std::pair(at::kBFloat16, onnx::TensorProto::BFLOAT16),
        std::pair(at::kBool, onnx::TensorProto::BOOL)}) {
    Net net;
    const Tensor values = tensor({1, 0, 1}, {3}, type);
    net.node("CastLike", {net.input("x", {3}), net.constant(values)});
    const onnx::TensorProto written = parsed(to_onnx(net.model())).graph().initializer(0);
    EXPECT_EQ(written.data_type(), onnx_type);
    ASSERT_EQ(written.raw_data().size(), values.nbytes());
    EXPECT_EQ(std::memcmp(written.raw_data().data(), values.data_ptr(), values.nbytes()), 0);
  }
}

TEST(onnx_writer, empty_and_unused_constants) {
  Net net;
  net.constant(random_normal({1000}, 1), "unused");
  const ValueId x = net.input("x", {1, 3, 4, 4});
  net.node("Concat", {x, net.constant(random_normal({1, 0, 4, 4}, 1), "nothing")},
           attributes({{"axis", std::int64_t{1}}}));
  const Model model = net.model();
  EXPECT_NO_THROW(onnx::checker::check_model(parsed(to_onnx(model))));
  const auto constants = constants_of(reloaded(model).graph);
  ASSERT_EQ(constants.size(), 1u);
  EXPECT_EQ(constants.at("nothing").sizes().vec(), (Shape{1, 0, 4, 4}));
}

TEST(onnx_writer, a_double_graph_takes_doubles) {
  const auto message = parsed(to_onnx(with_graph(to_type(small_net().graph(), at::kDouble))));
  EXPECT_EQ(message.graph().input(0).type().tensor_type().elem_type(), onnx::TensorProto::DOUBLE);
  EXPECT_EQ(message.graph().output(0).type().tensor_type().elem_type(), onnx::TensorProto::DOUBLE);
  EXPECT_NO_THROW(onnx::checker::check_model(message));
}

TEST(onnx_writer, logits_are_kept) {
  Net net;
  const ValueId scores = net.gemm(net.input("x", {-1, 4}), 4, 3);
  net.node("Softmax", {scores}, {}, "probabilities");
  const Graph graph = net.graph();
  const auto logits = [&](ValueId value) {
    const Model again = reloaded(with_graph(graph.with_logits(value)));
    return again.graph.name(again.graph.logits());
  };
  for (const char* name : {"Gemm_0", "probabilities", "x"}) EXPECT_EQ(logits(*graph.find(name)), name);
  EXPECT_EQ(parsed(to_onnx(with_graph(graph.with_logits(scores)))).metadata_props(1).key(), "fovea.logits");
  const onnx::ModelProto plain = parsed(to_onnx(small_net().model()));
  EXPECT_EQ(plain.metadata_props_size(), 0) << "the first output needs no words";
}

TEST(onnx_writer, logits_that_the_file_names_wrongly) {
  const TemporaryFolder folder;
  onnx::ModelProto message = parsed(to_onnx(small_net().model()));
  onnx::StringStringEntryProto& entry = *message.add_metadata_props();
  entry.set_key("fovea.logits");
  entry.set_value("nowhere");
  save(message, folder.path() / "net.onnx");
  const std::string failure = failure_of([&] { load_model(folder.path() / "net.onnx"); });
  EXPECT_TRUE(holds(failure, "format: ") && holds(failure, "'fovea.logits' names 'nowhere'")) << failure;
  EXPECT_NO_THROW(load_model(folder.path() / "net.onnx", {.logits = "Gemm_5"})) << "the caller's word counts first";
}

TEST(onnx_writer, the_card_comes_along) {
  Model model = small_net().model();
  model.card = {.name = "small", .licence = "CC0", .task = "ten things"};
  model.card.preprocess = preset_preprocess("tf", {-1, 3, 16, 16});
  model.card.labels = {"a", "b"};
  model.card.facts = {{"recipe", "seed 7"}, {"accuracy", "0.5"}};
  const Card card = reloaded(model).card;
  EXPECT_EQ(card.name, "small");
  EXPECT_EQ(card.licence, "CC0");
  EXPECT_EQ(card.task, "ten things");
  EXPECT_EQ(describe(card.preprocess.value()), describe(*model.card.preprocess));
  EXPECT_EQ(card.preprocess->source, "model metadata");
  EXPECT_EQ(card.labels, model.card.labels);
  EXPECT_EQ(card.facts, model.card.facts);
}

TEST(onnx_writer, the_same_model_gives_the_same_bytes) {
  const Model model = with_graph(small_net().graph());
  EXPECT_EQ(to_onnx(model), to_onnx(model));
  const Model once = reloaded(model);
  EXPECT_EQ(to_onnx(once), to_onnx(reloaded(once)));
}

TEST(onnx_writer, the_hash_covers_files_beside_the_model) {
  const TemporaryFolder folder;
  onnx::ModelProto model = tiny_model();
  const std::string weight = model.graph().initializer(0).raw_data();
  const std::filesystem::path path = folder.path() / "net.onnx";
  save(model, path);
  EXPECT_EQ(load_model(path).hash, sha256_hex_of_file(path)) << "the file alone where there is nothing else";

  folder.write("b.bin", weight);
  folder.write("a.bin",
               "1234"
               "5678");
  make_external(*model.mutable_graph()->mutable_initializer(0), "b.bin", 0, 432);
  add_initializer(*model.mutable_graph(), "unused", {2}, std::vector<float>{1, 2});
  make_external(*model.mutable_graph()->mutable_initializer(1), "./a.bin", 0, 8);
  save(model, path);
  const std::string whole = folder.read("net.onnx") + "12345678" + weight;
  const std::string hash = load_model(path).hash;
  EXPECT_EQ(hash, sha256_hex(std::as_bytes(std::span(whole))));
  folder.write("a.bin", "12345679");
  EXPECT_NE(load_model(path).hash, hash);
  // Saved again, it is one file.
  EXPECT_EQ(folder.count(), 3);
  expect_round_trip(load_model(path));
}

}  // namespace
}  // namespace fovea::test

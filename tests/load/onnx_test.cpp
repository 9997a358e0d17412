// ONNX files: good ones load whole, bad ones of every kind are refused with the reason.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <random>
#include <string>

#include <fovea/error.h>

#include "load/file_graph.h"
#include "support/failure.h"
#include "support/onnx_files.h"
#include "support/temporary_folder.h"

namespace fovea::test {
namespace {

namespace fs = std::filesystem;

load::FileGraph read(const onnx::ModelProto& model, const fs::path& folder = "/nonexistent") {
  return load::parse_onnx(bytes_of(model), folder, "tiny.onnx");
}

/// Expects an error of a kind whose text holds `part`.
void expect_refusal(ErrorKind kind, const std::string& part, const std::function<void()>& call) {
  const std::string failure = failure_of(call);
  EXPECT_TRUE(failure.starts_with(name(kind)) && holds(failure, part)) << "expected " << part << ", found " << failure;
}

void expect_refused(ErrorKind kind, const std::string& part, const onnx::ModelProto& model) {
  expect_refusal(kind, part, [&] { read(model); });
}

TEST(onnx, reads_nodes_weights_and_declarations) {
  onnx::ModelProto model = tiny_model();
  model.set_producer_name("pytest");
  model.set_producer_version("3");
  auto& entry = *model.add_metadata_props();
  entry.set_key("licence");
  entry.set_value("MIT");
  const load::FileGraph file = read(model);
  ASSERT_EQ(file.nodes.size(), 4U);
  EXPECT_EQ(file.nodes[0].name, "conv");
  EXPECT_EQ(file.nodes[0].attributes.integers("strides"), (std::vector<std::int64_t>{2, 2}));
  ASSERT_EQ(file.inputs.size(), 1U);
  EXPECT_EQ(file.inputs[0].shape, (Shape{-1, 3, 8, 8}));
  EXPECT_EQ(file.opsets.at(""), 13);
  EXPECT_EQ(file.metadata.at("producer"), "pytest 3");
  EXPECT_EQ(file.metadata.at("ir_version"), "7");
  EXPECT_EQ(file.metadata.at("licence"), "MIT");
  const Tensor& weight = file.initializers.at("w");
  EXPECT_EQ(weight.sizes(), (at::IntArrayRef{4, 3, 3, 3}));
  EXPECT_FLOAT_EQ(weight.flatten()[1].item<float>(), 0.125F - 0.375F);
}

TEST(onnx, takes_weights_larger_than_what_stays_in_the_message) {
  onnx::ModelProto model = tiny_model();
  onnx::GraphProto& graph = *model.mutable_graph();
  graph.clear_initializer();
  std::vector<float> weight(64 * 3 * 3 * 3, 0.5F);
  weight.back() = 7;
  add_initializer(graph, "w", {64, 3, 3, 3}, weight);
  const load::FileGraph file = read(model);
  EXPECT_FLOAT_EQ(file.initializers.at("w").flatten()[64 * 27 - 1].item<float>(), 7);
}

TEST(onnx, refuses_what_is_no_file) {
  const TemporaryFolder folder;
  expect_refusal(ErrorKind::file, "no such file", [&] { load::read_onnx(folder.path() / "absent.onnx"); });
  expect_refusal(ErrorKind::file, "is a folder", [&] { load::read_onnx(folder.path()); });
  save(std::string(), folder.path() / "empty.onnx");
  expect_refusal(ErrorKind::file, "is empty", [&] { load::read_onnx(folder.path() / "empty.onnx"); });
  save("hello, this is a text", folder.path() / "text.onnx");
  expect_refusal(ErrorKind::format, "(21 bytes)", [&] { load::read_onnx(folder.path() / "text.onnx"); });
  save(tiny_model(), folder.path() / "good.onnx");
  EXPECT_EQ(load::read_onnx(folder.path() / "good.onnx").nodes.size(), 4U);
}

TEST(onnx, refuses_every_truncated_file) {
  const std::string bytes = bytes_of(tiny_model());
  for (std::size_t size = 0; size < bytes.size(); size += 97) {
    EXPECT_THROW(load::parse_onnx(bytes.substr(0, size), "/nonexistent", "cut"), Error) << size << " bytes";
  }
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THROW(load::parse_onnx(bytes.substr(0, size), "/nonexistent", "cut"), Error) << size << " bytes";
  }
}

TEST(onnx, survives_flipped_bytes) {
  constexpr int mutations = 2000;
  const std::string bytes = bytes_of(tiny_model());
  std::mt19937 random(20240611);
  int loaded = 0;
  for (int i = 0; i < mutations; ++i) {
    std::string mutated = bytes;
    const int flips = 1 + static_cast<int>(random() % 4);
    for (int flip = 0; flip < flips; ++flip) mutated[random() % mutated.size()] = static_cast<char>(random() % 256);
    try {
      load::build_graph(load::parse_onnx(mutated, "/nonexistent", "mutated"));
      ++loaded;
    } catch (const Error&) {  // refused, as it may be
    }
  }
  EXPECT_GT(loaded, 0);  // a flipped bit of a weight is no error
}

TEST(onnx, names_a_cycle) {
  onnx::ModelProto model = tiny_model();
  model.mutable_graph()->mutable_node(0)->set_input(0, "relu_out");
  expect_refused(ErrorKind::format, "nodes 'conv' -> 'relu' -> 'conv' form a cycle", model);
}

TEST(onnx, sorts_nodes) {
  onnx::ModelProto model = tiny_model();
  model.mutable_graph()->mutable_node()->SwapElements(0, 3);
  model.mutable_graph()->mutable_node()->SwapElements(1, 2);
  const load::FileGraph file = read(model);
  EXPECT_EQ(file.nodes.front().name, "conv");
  EXPECT_EQ(file.nodes.back().name, "softmax");
}

TEST(onnx, names_an_input_that_nothing_produces) {
  onnx::ModelProto model = tiny_model();
  model.mutable_graph()->mutable_node(1)->set_input(0, "conv_ouy");
  expect_refused(ErrorKind::format, "node 'relu' (Relu) reads 'conv_ouy', which nothing produces", model);
  model = tiny_model();
  model.mutable_graph()->mutable_output(0)->set_name("nothing");
  expect_refused(ErrorKind::format, "'nothing', which nothing produces", model);
  model.mutable_graph()->clear_output();
  expect_refused(ErrorKind::format, "has no outputs", model);
}

TEST(onnx, names_a_value_produced_twice) {
  onnx::ModelProto model = tiny_model();
  model.mutable_graph()->mutable_node(1)->set_output(0, "conv_out");
  expect_refused(ErrorKind::format, "value 'conv_out' is produced twice, the second time by node 'relu' (Relu)", model);
  model = tiny_model();
  *model.mutable_graph()->add_initializer() = model.graph().initializer(0);
  expect_refused(ErrorKind::format, "initializer 'w' is given twice", model);
}

TEST(onnx, checks_dims_against_data) {
  const auto with_dims = [](const std::vector<std::int64_t>& dims) {
    onnx::ModelProto model = tiny_model();
    onnx::TensorProto& weight = *model.mutable_graph()->mutable_initializer(0);
    weight.clear_dims();
    for (const std::int64_t dim : dims) weight.add_dims(dim);
    return model;
  };
  expect_refused(ErrorKind::format, "negative dimension: [4,-3,3,3]", with_dims({4, -3, 3, 3}));
  expect_refused(ErrorKind::format, "needs 400000000000 bytes but has 432", with_dims({100000000000}));
  const std::int64_t huge = std::int64_t{1} << 40;
  expect_refused(ErrorKind::format, "more elements than can be counted", with_dims({huge, huge, huge}));
  expect_refused(ErrorKind::format, "more elements than can be counted", with_dims({0, huge, huge, huge}));
  expect_refused(ErrorKind::format, "needs 864 bytes but has 432", with_dims({8, 3, 3, 3}));
}

TEST(onnx, checks_typed_data_against_dims) {
  onnx::ModelProto model = tiny_model();
  add_initializer(*model.mutable_graph(), "i", {3}, std::vector<std::int64_t>{1, 2});
  expect_refused(ErrorKind::format, "needs 3 elements but has 2", model);
}

TEST(onnx, reads_every_element_type) {
  onnx::ModelProto model = tiny_model();
  const auto add = [&](onnx::TensorProto::DataType type, const std::string& raw, std::int64_t count) {
    onnx::TensorProto& tensor =
        add_initializer(*model.mutable_graph(), "t" + std::to_string(type), {count}, std::vector<float>{});
    tensor.set_data_type(type);
    tensor.set_raw_data(raw);
  };
  add(onnx::TensorProto::UINT16, std::string("\xff\xff\x01\x00", 4), 2);
  add(onnx::TensorProto::UINT32, std::string("\xff\xff\xff\xff\x01\x00\x00\x00", 8), 2);
  add(onnx::TensorProto::BOOL, std::string("\x02\x00", 2), 2);
  add(onnx::TensorProto::FLOAT16, std::string("\x00\x3e", 2), 1);
  add(onnx::TensorProto::BFLOAT16, std::string("\xc0\x3f", 2), 1);
  add(onnx::TensorProto::INT8, "\xff", 1);
  const load::FileGraph file = read(model);
  const auto first = [&](const char* name) { return file.initializers.at(name).flatten()[0].item<double>(); };
  EXPECT_EQ(first("t4"), 65535);
  EXPECT_EQ(file.initializers.at("t4").flatten()[1].item<double>(), 1);
  EXPECT_EQ(first("t12"), 4294967295.0);
  EXPECT_EQ(first("t9"), 1);
  EXPECT_EQ(file.initializers.at("t10").scalar_type(), at::kHalf);
  EXPECT_EQ(first("t10"), 1.5);
  EXPECT_EQ(first("t16"), 1.5);
  EXPECT_EQ(first("t3"), -1);
}

TEST(onnx, refuses_other_element_types) {
  onnx::ModelProto model = tiny_model();
  model.mutable_graph()->mutable_initializer(0)->set_data_type(onnx::TensorProto::COMPLEX64);
  expect_refused(ErrorKind::unsupported, "initializer 'w' has elements of COMPLEX64", model);
  model.mutable_graph()->mutable_initializer(0)->set_data_type(99);  // newer than any libonnx
  expect_refused(ErrorKind::unsupported, "initializer 'w' has elements of type 99", model);
}

TEST(onnx, refuses_values_that_are_no_tensors) {
  onnx::ModelProto model = tiny_model();
  auto& sequence = *model.mutable_graph()->mutable_input(0)->mutable_type()->mutable_sequence_type();
  sequence.mutable_elem_type()->mutable_tensor_type()->set_elem_type(onnx::TensorProto::FLOAT);
  expect_refused(ErrorKind::unsupported, "value 'x' is not a tensor", model);
}

/// A folder with a model whose weight lies in weights.bin, behind 4 other bytes.
struct External {
  TemporaryFolder folder;
  onnx::ModelProto model = tiny_model();

  External() {
    save("skip" + model.graph().initializer(0).raw_data(), folder.path() / "weights.bin");
    place("weights.bin", 4, 432);
  }
  void place(const std::string& location, std::int64_t offset, std::int64_t length) {
    onnx::TensorProto& weight = *model.mutable_graph()->mutable_initializer(0);
    weight.clear_external_data();
    make_external(weight, location, offset, length);
  }
  void expect(ErrorKind kind, const std::string& part) {
    save(model, folder.path() / "model.onnx");
    expect_refusal(kind, part, [&] { load::read_onnx(folder.path() / "model.onnx"); });
  }
};

TEST(onnx, reads_weights_beside_the_file) {
  External external;
  save(external.model, external.folder.path() / "model.onnx");
  const load::FileGraph file = load::read_onnx(external.folder.path() / "model.onnx");
  EXPECT_TRUE(file.initializers.at("w").equal(read(tiny_model()).initializers.at("w")));
}

TEST(onnx, refuses_wrong_places_beside_the_file) {
  External external;
  external.place("absent.bin", 0, 432);
  external.expect(ErrorKind::file, "absent.bin', which is not there");
  external.place("weights.bin", 8, 432);
  external.expect(ErrorKind::format, "which has 436");
  external.place("weights.bin", 4, 400);
  external.expect(ErrorKind::format, "needs 432 bytes but has 400");
  external.place("weights.bin", -4, 432);
  external.expect(ErrorKind::format, "gives its offset in another file as '-4'");
  external.place("../weights.bin", 4, 432);
  external.expect(ErrorKind::format, "outside the model's folder");
  external.place("sub/../../weights.bin", 4, 432);
  external.expect(ErrorKind::format, "outside the model's folder");
  external.place((external.folder.path() / "weights.bin").string(), 4, 432);
  external.expect(ErrorKind::format, "outside the model's folder");
}

TEST(onnx, refuses_weights_that_do_not_fit) {
  onnx::ModelProto model = tiny_model();
  model.mutable_graph()
      ->mutable_input(0)
      ->mutable_type()
      ->mutable_tensor_type()
      ->mutable_shape()
      ->mutable_dim(1)
      ->set_dim_value(5);
  expect_refused(ErrorKind::shape,
                 "node 'conv' (Conv): its weight 'w' [4,3,3,3] is for 3 channels, but 'x' [?,5,8,8] has 5", model);

  model = tiny_model();
  add_initializer(*model.mutable_graph(), "b", {7, 10}, std::vector<float>(70));
  add_node(*model.mutable_graph(), "Gemm", "fc", {"flatten_out", "b"}, {"fc_out"});
  add_output(model, "fc_out", {-1, 10});
  expect_refused(ErrorKind::shape, "node 'fc' (Gemm): its weight 'b' [7,10] is for 7 channels", model);

  model = tiny_model();
  add_initializer(*model.mutable_graph(), "b", {5, 1, 1}, std::vector<float>(5));
  add_node(*model.mutable_graph(), "Add", "add", {"relu_out", "b"}, {"add_out"});
  add_output(model, "add_out", {-1, 4, 3, 3});
  expect_refused(ErrorKind::shape, "Incompatible dimensions", model);
}

TEST(onnx, refuses_what_the_checker_refuses) {
  onnx::ModelProto model = tiny_model();
  model.mutable_graph()->mutable_node(1)->add_input("conv_out");
  expect_refused(ErrorKind::format, "not a valid ONNX model", model);
  model = tiny_model();
  model.clear_opset_import();
  expect_refused(ErrorKind::format, "does not say which operator set", model);
  model = tiny_model();
  model.clear_ir_version();
  expect_refused(ErrorKind::format, "it names no IR version", model);
  model = tiny_model();
  model.clear_graph();
  expect_refused(ErrorKind::format, "it has no graph", model);
}

TEST(onnx, refuses_attributes_that_must_be_positive) {
  onnx::ModelProto model = tiny_model();
  model.mutable_graph()->mutable_node(0)->mutable_attribute(1)->set_ints(0, 0);
  expect_refused(ErrorKind::format, "node 'conv' (Conv): attribute 'strides' must be at least 1", model);
}

TEST(onnx, loads_files_newer_than_libonnx) {
  onnx::ModelProto model = tiny_model();
  model.set_ir_version(10);
  model.mutable_opset_import(0)->set_version(21);
  EXPECT_EQ(read(model).opsets.at(""), 21);
  model.mutable_graph()->mutable_node(1)->set_input(0, "nothing");
  expect_refused(ErrorKind::format, "reads 'nothing', which nothing produces", model);
}

TEST(onnx, names_every_unknown_op_at_once) {
  onnx::ModelProto model = tiny_model();
  onnx::GraphProto& graph = *model.mutable_graph();
  onnx::OperatorSetIdProto& custom = *model.add_opset_import();
  custom.set_domain("ai.custom");
  custom.set_version(1);
  for (const char* node : {"x1", "x2", "x3"}) add_node(graph, "Foo", node, {"conv_out"}, {std::string(node) + "_out"});
  add_node(graph, "Bar", "y", {"conv_out"}, {"y_out"}).set_domain("ai.custom");
  expect_refusal(ErrorKind::unsupported, "2 ops are not known: Foo (3 nodes, first 'x1'), ai.custom.Bar (1 node 'y')",
                 [&] { load::build_graph(read(model)); });
}

/// A function Twice(a; slope) = LeakyRelu(LeakyRelu(a, slope), slope).
onnx::FunctionProto function_of_two() {
  onnx::FunctionProto function;
  function.set_domain("local");
  function.set_name("Twice");
  function.add_input("a");
  function.add_output("c");
  function.add_attribute("slope");
  function.add_opset_import()->set_version(13);
  const std::vector<std::pair<std::string, std::string>> steps{{"a", "b"}, {"b", "c"}};
  for (const auto& [from, to] : steps) {
    onnx::NodeProto& node = *function.add_node();
    node.set_op_type("LeakyRelu");
    node.set_name("leaky_" + to);
    node.add_input(from);
    node.add_output(to);
    onnx::AttributeProto& alpha = *node.add_attribute();
    alpha.set_name("alpha");
    alpha.set_type(onnx::AttributeProto::FLOAT);
    alpha.set_ref_attr_name("slope");
  }
  return function;
}

onnx::ModelProto model_with_function() {
  onnx::ModelProto model = tiny_model();
  model.set_ir_version(8);
  onnx::OperatorSetIdProto& local = *model.add_opset_import();
  local.set_domain("local");
  local.set_version(1);
  *model.add_functions() = function_of_two();
  onnx::NodeProto& call = *model.mutable_graph()->mutable_node(1);
  call.set_op_type("Twice");
  call.set_domain("local");
  onnx::AttributeProto& slope = *call.add_attribute();
  slope.set_name("slope");
  slope.set_type(onnx::AttributeProto::FLOAT);
  slope.set_f(0.25F);
  return model;
}

TEST(onnx, inlines_functions) {
  const load::FileGraph file = read(model_with_function());
  ASSERT_EQ(file.nodes.size(), 5U);
  EXPECT_EQ(file.nodes[1].name, "relu/leaky_b");
  EXPECT_EQ(file.nodes[1].outputs, std::vector<std::string>{"relu/b"});
  EXPECT_EQ(file.nodes[2].outputs, std::vector<std::string>{"relu_out"});
  EXPECT_EQ(file.nodes[2].attributes.number("alpha", 0), 0.25);
}

TEST(onnx, refuses_functions_without_end) {
  onnx::ModelProto model = model_with_function();
  model.mutable_functions(0)->mutable_node(0)->set_op_type("Twice");
  model.mutable_functions(0)->mutable_node(0)->set_domain("local");
  expect_refused(ErrorKind::format, "calls itself", model);
}

}  // namespace
}  // namespace fovea::test

// Nine whole classifiers (ONNX's light models, shared/data/light): with their constant weights against the stored
// outputs, and with seeded random weights against OpenCV's dnn module.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <onnx/onnx_pb.h>
#include <opencv2/dnn.hpp>

#include <fovea/trace.h>

#include "load/file_graph.h"
#include "support/net.h"
#include "support/onnx_files.h"
#include "support/shared_data.h"
#include "support/temporary_folder.h"
#include "support/tensor_file.h"

namespace fovea::test {
namespace {

const Shape input_shape{1, 3, 224, 224};
constexpr double largest_relative_error = 1e-4;  // ||a - b|| / ||b||, float32 sums in another order

std::string path_of(const std::string& name) { return "light/light_" + name + ".onnx"; }

/// Tests of one model, by its name.
class light : public ::testing::TestWithParam<std::string> {};

INSTANTIATE_TEST_SUITE_P(all, light,
                         ::testing::Values("bvlc_alexnet", "densenet121", "inception_v1", "inception_v2", "resnet50",
                                           "shufflenet", "squeezenet", "vgg19", "zfnet512"),
                         [](const auto& test) { return test.param; });

// Constant weights give every class the same score, up to 1e31. Where rounding moves one of them by a single unit in
// the last place, a softmax falls apart: then the stored probabilities are those of the mean score.
TEST_P(light, gives_the_stored_outputs) {
  FOVEA_NEEDS_SHARED(path_of(GetParam()));
  const Graph graph = load::build_graph(load::read_onnx(shared_data(path_of(GetParam()))));
  const std::int64_t size = 3 * 224 * 224;
  const Tensor x = (at::arange(size, at::TensorOptions(at::kFloat)) / static_cast<double>(size)).reshape(input_shape);
  const RunOptions to_scores{.tape = Tape::none, .keep = KeepValues::none, .until = {graph.logits()}};
  const Tensor scores = run(graph, x, to_scores).value(graph.logits());
  const Tensor mean = scores.to(at::kDouble).mean().to(at::kFloat).expand(scores.sizes()).contiguous();
  const double unevenness = relative_error(scores, mean);
  EXPECT_LT(unevenness, 1e-6);
  const bool is_even = scores.eq(scores.flatten()[0]).all().item<bool>();
  const RunOptions from_scores{.tape = Tape::none, .given = {{graph.logits(), is_even ? scores : mean}}};
  const Tensor found = run(graph, Tensor(), from_scores).value(graph.outputs().front());
  const Tensor expected = read_tensor_file(shared_data("light/light_" + GetParam() + "_output_0.pb"));
  ASSERT_EQ(found.sizes(), expected.sizes());
  const double error = relative_error(found, expected);
  EXPECT_LT(error, largest_relative_error);
  std::cout << GetParam() << ": relative error " << error << " against the stored output"
            << (is_even ? "" : " (of the mean score: single scores differ by rounding)") << "\n";
}

// --- random weights ---

/// Numbers in (-1, 1), the same everywhere: Weyl's sequence through SplitMix64's finaliser (Steele et al. 2014).
struct Noise {
  std::uint64_t state = 0;

  double next() {
    std::uint64_t z = state += 0x9e3779b97f4a7c15U;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    z ^= z >> 31U;
    return static_cast<double>(z >> 11U) * 0x1p-52 - 1.0;
  }
};

/// How the weights at one place of a network are drawn: centre + width * noise.
struct Spread {
  double centre = 0;
  double width = 0;
};

/// Returns the spread of He et al. 2015 (variance 2 / fan_in) for uniform numbers.
Spread he_spread(std::int64_t fan_in) { return {0, std::sqrt(6.0 / static_cast<double>(fan_in))}; }

std::int64_t fan_in_of(const onnx::NodeProto& reader, const Shape& shape) {
  if (reader.op_type() == "Conv") {
    std::int64_t fan_in = 1;
    for (std::size_t axis = 1; axis < shape.size(); ++axis) fan_in *= shape[axis];
    return fan_in;
  }
  for (const onnx::AttributeProto& attribute : reader.attribute()) {  // Gemm: [inputs, outputs] unless transposed
    if (attribute.name() == "transB" && attribute.i() != 0) return shape.back();
  }
  return shape.front();
}

/// Returns how weights that are input `i` of a node are drawn; nothing for what is no weight.
std::optional<Spread> spread_of(const onnx::NodeProto& reader, int i, const Shape& shape) {
  const std::string& op = reader.op_type();
  if (op == "Conv" || op == "Gemm") return i == 1 ? he_spread(fan_in_of(reader, shape)) : Spread{0, 0.1};
  if (op == "BatchNormalization") return i == 1 || i == 4 ? Spread{1, 0.3} : Spread{0, 0.3};  // 4: the variance
  if (op == "Mul") return Spread{1, 0.3};
  if (op == "Add") return Spread{0, 0.3};
  return std::nullopt;
}

/// Finds the node that reads a weight, looking behind what only reshapes it.
std::pair<const onnx::NodeProto*, int> reader_of(const onnx::GraphProto& graph, const std::string& value) {
  for (const onnx::NodeProto& node : graph.node()) {
    for (int i = 0; i < node.input_size(); ++i) {
      if (node.input(i) != value) continue;
      const bool reshapes = i == 0 && (node.op_type() == "Unsqueeze" || node.op_type() == "Reshape");
      return reshapes ? reader_of(graph, node.output(0)) : std::pair{&node, i};
    }
  }
  return {nullptr, 0};
}

void fill(onnx::TensorProto& tensor, const Shape& shape, const Spread& spread, Noise& noise) {
  std::int64_t count = 1;
  tensor.clear_dims();
  tensor.clear_float_data();
  tensor.set_data_type(onnx::TensorProto::FLOAT);
  for (const std::int64_t extent : shape) {
    tensor.add_dims(extent);
    count *= extent;
  }
  std::string& raw = *tensor.mutable_raw_data();
  raw.resize(static_cast<std::size_t>(count) * sizeof(float));
  for (std::size_t at = 0; at < raw.size(); at += sizeof(float)) {
    const auto number = static_cast<float>(spread.centre + spread.width * noise.next());
    std::memcpy(raw.data() + at, &number, sizeof(float));
  }
}

Shape integers_of(const onnx::TensorProto& tensor) {
  if (!tensor.has_raw_data()) return {tensor.int64_data().begin(), tensor.int64_data().end()};
  Shape integers(tensor.raw_data().size() / sizeof(std::int64_t));
  std::memcpy(integers.data(), tensor.raw_data().data(), tensor.raw_data().size());
  return integers;
}

/// Gives new random values to the weights that the file stores.
void redraw_initializers(onnx::GraphProto& graph, Noise& noise) {
  for (onnx::TensorProto& tensor : *graph.mutable_initializer()) {
    const Shape shape(tensor.dims().begin(), tensor.dims().end());
    const auto [reader, i] = reader_of(graph, tensor.name());
    if (tensor.data_type() != onnx::TensorProto::FLOAT || reader == nullptr) continue;
    if (const auto spread = spread_of(*reader, i, shape)) fill(tensor, shape, *spread, noise);
  }
}

/// Replaces every ConstantOfShape by a stored weight of random values; returns how many there were.
int replace_constants(onnx::GraphProto& graph, Noise& noise) {
  std::map<std::string, Shape> shapes;  // by the name of the tensor that says it
  for (const onnx::TensorProto& tensor : graph.initializer()) {
    if (tensor.data_type() == onnx::TensorProto::INT64) shapes[tensor.name()] = integers_of(tensor);
  }
  std::set<std::string> dropped;
  google::protobuf::RepeatedPtrField<onnx::NodeProto> kept;
  const int before = graph.node_size();
  for (const onnx::NodeProto& node : graph.node()) {
    if (node.op_type() != "ConstantOfShape") {
      *kept.Add() = node;
      continue;
    }
    const Shape& shape = shapes.at(node.input(0));
    const auto [reader, i] = reader_of(graph, node.output(0));
    const auto spread = reader == nullptr ? std::nullopt : spread_of(*reader, i, shape);
    if (!spread) throw std::runtime_error("constant " + node.output(0) + " is not known for a weight");
    onnx::TensorProto& tensor = *graph.add_initializer();
    tensor.set_name(node.output(0));
    fill(tensor, shape, *spread, noise);
    dropped.insert(node.input(0));
  }
  graph.mutable_node()->Swap(&kept);
  const auto drop = [&](auto& list) {
    const auto is_dropped = [&](const auto& item) { return dropped.contains(item.name()); };
    list.erase(std::remove_if(list.begin(), list.end(), is_dropped), list.end());
  };
  drop(*graph.mutable_initializer());
  drop(*graph.mutable_input());
  return before - graph.node_size();
}

/// Ends the network at its scores: a softmax over random networks' scores would hide most of them.
void cut_softmax(onnx::GraphProto& graph) {
  const onnx::NodeProto& last = graph.node(graph.node_size() - 1);
  if (last.op_type() != "Softmax") return;
  graph.mutable_output(0)->set_name(last.input(0));  // of the same shape
  graph.mutable_node()->RemoveLast();
}

void write_random_model(const std::string& name, const std::filesystem::path& path) {
  constexpr std::int64_t first_version_with_free_initializers = 4;  // which need not be inputs as well
  onnx::ModelProto model;
  std::ifstream file(shared_data(path_of(name)), std::ios::binary);
  ASSERT_TRUE(model.ParseFromIstream(&file));
  model.set_ir_version(first_version_with_free_initializers);
  Noise noise;
  for (const char letter : name) noise.state = noise.state * 31 + static_cast<unsigned char>(letter);
  redraw_initializers(*model.mutable_graph(), noise);
  ASSERT_GT(replace_constants(*model.mutable_graph(), noise), 0);
  cut_softmax(*model.mutable_graph());
  std::ofstream written(path, std::ios::binary);
  ASSERT_TRUE(model.SerializeToOstream(&written));
}

Tensor scores_of_opencv(const std::filesystem::path& path, const Tensor& x) {
  cv::dnn::Net net = cv::dnn::readNetFromONNX(path.string());
  net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
  const std::vector<int> sizes(x.sizes().begin(), x.sizes().end());
  net.setInput(cv::Mat(sizes, CV_32F, x.data_ptr<float>()));
  const cv::Mat scores = net.forward();
  const Tensor result = at::empty({static_cast<std::int64_t>(scores.total())}, at::TensorOptions(at::kFloat));
  std::memcpy(result.data_ptr<float>(), scores.ptr<float>(), scores.total() * sizeof(float));
  return result;
}

TEST_P(light, agrees_with_opencv_on_random_weights) {
  FOVEA_NEEDS_SHARED(path_of(GetParam()));
  const TemporaryFolder folder;
  const auto path = folder.path() / (GetParam() + ".onnx");
  ASSERT_NO_FATAL_FAILURE(write_random_model(GetParam(), path));
  const Tensor x = random_normal(input_shape, 5);
  const Graph graph = load::build_graph(load::read_onnx(path));
  const RunOptions options{.tape = Tape::none, .keep = KeepValues::none};
  const Tensor found = run(graph, x, options).value(graph.outputs().front()).flatten();
  Tensor expected;
  try {
    expected = scores_of_opencv(path, x);
  } catch (const cv::Exception& error) {
    FAIL() << "OpenCV cannot load or run " << GetParam() << ": " << error.what();
  }
  ASSERT_EQ(found.sizes(), expected.sizes());
  EXPECT_TRUE(expected.isfinite().all().item<bool>());
  EXPECT_GT((expected - expected.mean()).abs().max().item<float>(), 1e-3) << "the scores are all alike";
  const double error = relative_error(found, expected);
  const double spread_error = relative_error(found - found.mean(), expected - expected.mean());
  EXPECT_LT(error, largest_relative_error);
  EXPECT_LT(spread_error, largest_relative_error) << "beyond the mean score, which all classes share";
  std::cout << GetParam() << ": relative error " << error << ", of the scores less their mean " << spread_error
            << ", against OpenCV " << CV_VERSION << "\n";
}

}  // namespace
}  // namespace fovea::test

// ONNX's own tests of single operators and of their expansions into others (onnx/backend/test/data/node, installed by
// Debian's libonnx-testdata): every model whose ops are known gives the stored outputs.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <onnx/onnx_pb.h>

#include <fovea/trace.h>

#include "load/file_graph.h"
#include "support/op_cases.h"
#include "support/tensor_file.h"

namespace fovea::test {
namespace {

const std::filesystem::path data_folder = "/usr/share/libonnx-testdata/data/node";

// What ONNX's own runner allows floats to differ by.
constexpr double absolute_tolerance = 1e-5;
constexpr double relative_tolerance = 1e-3;

/// The ops that Fovea promises: each must run at least one folder of its own, and skip none but for a reason below.
constexpr std::array promised_ops{"Conv",
                                  "ConvTranspose",
                                  "Relu",
                                  "LeakyRelu",
                                  "PRelu",
                                  "Elu",
                                  "Selu",
                                  "Celu",
                                  "Softplus",
                                  "Softsign",
                                  "Sigmoid",
                                  "HardSigmoid",
                                  "HardSwish",
                                  "Tanh",
                                  "Clip",
                                  "Erf",
                                  "MaxPool",
                                  "AveragePool",
                                  "GlobalAveragePool",
                                  "GlobalMaxPool",
                                  "LRN",
                                  "BatchNormalization",
                                  "Identity",
                                  "InstanceNormalization",
                                  "Dropout",
                                  "Gemm",
                                  "MatMul",
                                  "Add",
                                  "Sub",
                                  "Mul",
                                  "Div",
                                  "Sum",
                                  "Mean",
                                  "Max",
                                  "Min",
                                  "Pow",
                                  "Sqrt",
                                  "Exp",
                                  "Log",
                                  "Neg",
                                  "Abs",
                                  "Reciprocal",
                                  "Concat",
                                  "Split",
                                  "Slice",
                                  "Pad",
                                  "Reshape",
                                  "Flatten",
                                  "Squeeze",
                                  "Unsqueeze",
                                  "Transpose",
                                  "Expand",
                                  "Tile",
                                  "Gather",
                                  "Shape",
                                  "Constant",
                                  "ConstantOfShape",
                                  "Cast",
                                  "Range",
                                  "Equal",
                                  "Where",
                                  "ReduceMean",
                                  "ReduceSum",
                                  "ReduceMax",
                                  "ReduceMin",
                                  "ReduceL2",
                                  "ArgMax",
                                  "Softmax",
                                  "LogSoftmax",
                                  "Upsample",
                                  "Resize",
                                  "DepthToSpace",
                                  "SpaceToDepth",
                                  "LayerNormalization",
                                  "Einsum"};

// The only reasons for which a folder of a promised op may be skipped.
constexpr std::string_view nodes_on_texts = "holds texts, which no network for pictures has";
constexpr std::string_view not_tensors = "its inputs or outputs are sequences or optional values, not tensors";
constexpr std::string_view small_types = "holds elements of 8 or 4 bits that libtorch has no tensors of";
constexpr std::string_view corrected =
    "has a stored output that ONNX corrected in 1.18: what lies past the padding counts not";
constexpr std::string_view random_training = "drops values at random (Dropout in training mode)";
// And those for which the folder of another op may.
constexpr std::string_view unknown_op = "uses an op that Fovea does not have";
constexpr std::string_view chooses_by_data = "takes a branch (If) by the input's values, which the loader refuses";

/// What a model uses.
struct Survey {
  std::set<std::string> ops;  ///< op types, those of other domains with "domain." in front
  bool has_texts = false;
  bool has_other_values = false;
  bool has_small_types = false;
};

template <typename Nodes>
void survey_nodes(const Nodes& nodes, const std::set<std::string>& functions, Survey& survey) {
  for (const onnx::NodeProto& node : nodes) {
    const bool own = node.domain().empty() || node.domain() == "ai.onnx";
    const std::string name = own ? node.op_type() : node.domain() + "." + node.op_type();
    if (!functions.contains(name)) survey.ops.insert(name);
    for (const onnx::AttributeProto& attribute : node.attribute()) {
      if (attribute.has_g()) survey_nodes(attribute.g().node(), functions, survey);
    }
  }
}

Survey survey_of(const onnx::ModelProto& model) {
  Survey survey;
  std::set<std::string> functions;
  for (const auto& function : model.functions()) functions.insert(function.domain() + "." + function.name());
  survey_nodes(model.graph().node(), functions, survey);
  for (const auto& function : model.functions()) survey_nodes(function.node(), functions, survey);
  const auto look_at = [&](const auto& values) {
    for (const onnx::ValueInfoProto& value : values) {
      if (!value.type().has_tensor_type()) survey.has_other_values = true;
      if (value.type().tensor_type().elem_type() == onnx::TensorProto::STRING) survey.has_texts = true;
      if (value.type().tensor_type().elem_type() > onnx::TensorProto::BFLOAT16) survey.has_small_types = true;
    }
  };
  look_at(model.graph().input());
  look_at(model.graph().output());
  return survey;
}

/// Tells whether a model is a Dropout that is told to train; one whose ratio is 0 still drops nothing.
bool drops_at_random(const std::string& folder, const Survey& survey) {
  return survey.ops.contains("Dropout") && folder.starts_with("test_training_dropout") &&
         folder.find("zero_ratio") == std::string::npos;
}

/// Tells whether Fovea has an op; If is resolved by the loader.
bool is_known(const std::string& op) { return op == "If" || find_onnx_op(op) != nullptr; }

/// Returns why a folder is skipped; empty when it is to run.
std::string_view reason_to_skip(const std::string& folder, const Survey& survey) {
  if (!std::all_of(survey.ops.begin(), survey.ops.end(), is_known)) return unknown_op;
  if (survey.has_texts) return nodes_on_texts;
  if (survey.has_other_values) return not_tensors;
  if (survey.has_small_types) return small_types;
  if (drops_at_random(folder, survey)) return random_training;
  if (folder == "test_if" || folder == "test_affine_grid_3d_align_corners_expanded") return chooses_by_data;
  if (folder == "test_averagepool_3d_dilations_large_count_include_pad_is_1_ceil_mode_is_True") return corrected;
  return {};
}

/// Counts of a whole sweep over the folders.
struct Sweep {
  int folders = 0;
  int run = 0;
  int passed = 0;
  int data_sets = 0;
  std::map<std::string_view, std::vector<std::string>> skipped;  ///< folders by reason
  std::map<std::string, int> unknown;                            ///< folders by op that Fovea lacks
  std::map<std::string, int> run_alone;                          ///< folders that ran by their single op
  std::vector<std::string> failures;
};

/// Reads the stored tensors of a model's inputs or outputs.
template <typename Values>
std::vector<Tensor> read_tensors(const std::filesystem::path& folder, const std::string& prefix, const Values& values) {
  std::vector<Tensor> tensors;
  for (const onnx::ValueInfoProto& value : values) {
    const std::string file = prefix + std::to_string(tensors.size()) + ".pb";
    tensors.push_back(read_tensor_file(folder / file, value.type().tensor_type().elem_type()));
  }
  return tensors;
}

/// Runs a graph on one stored set of inputs and returns what is wrong with its outputs, "" when nothing is.
std::string check_data_set(const onnx::GraphProto& model, const Graph& graph, const std::filesystem::path& folder) {
  const std::vector<Tensor> inputs = read_tensors(folder, "input_", model.input());
  const std::vector<Tensor> outputs = read_tensors(folder, "output_", model.output());
  if (outputs.empty() || outputs.size() != graph.outputs().size()) return "the model has no outputs";
  Tensor x;
  RunOptions options{.tape = Tape::none};
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const auto value = graph.find(model.input(static_cast<int>(i)).name());
    if (!value) continue;  // no output depends on it
    if (*value == graph.inputs().front()) {
      x = inputs[i];
    } else {
      options.given[*value] = inputs[i];
    }
  }
  const Trace trace = run(graph, x, options);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const Tensor& found = trace.value(graph.outputs()[i]);
    // From 1.14 on ONNX stores bfloat16 cut off, not rounded: one step of 8 bits apart.
    const bool cut_off = outputs[i].scalar_type() == at::kBFloat16;
    const std::string wrong =
        difference(found, outputs[i], absolute_tolerance, cut_off ? 1.0 / 128 : relative_tolerance);
    if (!wrong.empty()) return "output " + std::to_string(i) + ": " + wrong;
  }
  return {};
}

/// Loads and runs one folder's model on all of its data sets; returns what is wrong.
std::string check_folder(const onnx::ModelProto& model, const std::filesystem::path& folder, Sweep& sweep) {
  try {
    const Graph graph = load::build_graph(load::read_onnx(folder / "model.onnx"));
    int sets = 0;
    for (; std::filesystem::exists(folder / ("test_data_set_" + std::to_string(sets))); ++sets) {
      const std::string set = "test_data_set_" + std::to_string(sets);
      const std::string wrong = check_data_set(model.graph(), graph, folder / set);
      if (!wrong.empty()) return wrong;
    }
    sweep.data_sets += sets;
    return sets > 0 ? "" : "no test_data_set";
  } catch (const std::exception& error) {
    return error.what();
  }
}

void sweep_folder(const std::filesystem::path& folder, Sweep& sweep) {
  ++sweep.folders;
  const std::string name = folder.filename().string();
  onnx::ModelProto model;
  std::ifstream file(folder / "model.onnx", std::ios::binary);
  if (!model.ParseFromIstream(&file)) {
    sweep.failures.push_back(name + ": model.onnx cannot be read");
    return;
  }
  const Survey survey = survey_of(model);
  if (const std::string_view reason = reason_to_skip(name, survey); !reason.empty()) {
    sweep.skipped[reason].push_back(name);
    for (const std::string& op : survey.ops) sweep.unknown[op] += is_known(op) ? 0 : 1;
    return;
  }
  ++sweep.run;
  const std::string wrong = check_folder(model, folder, sweep);
  if (!wrong.empty()) {
    sweep.failures.push_back(name + ": " + wrong);
    return;
  }
  ++sweep.passed;
  if (survey.ops.size() == 1) ++sweep.run_alone[*survey.ops.begin()];
}

void print(const Sweep& sweep) {
  std::cout << "ONNX node tests: " << sweep.folders << " folders, " << sweep.run << " run (" << sweep.data_sets
            << " data sets), " << sweep.passed << " passed, " << sweep.failures.size() << " failed\n";
  for (const auto& [reason, folders] : sweep.skipped) {
    std::vector<std::string> details = folders;
    if (reason == unknown_op) {
      details.clear();
      for (const auto& [op, count] : sweep.unknown) {
        if (count > 0) details.push_back(op + " " + std::to_string(count));
      }
    }
    std::cout << "  " << folders.size() << " skipped: " << reason << " (";
    for (std::size_t i = 0; i < details.size(); ++i) std::cout << (i > 0 ? ", " : "") << details[i];
    std::cout << ")\n";
  }
}

TEST(onnx_nodes, give_the_stored_outputs) {
  if (!std::filesystem::exists(data_folder)) {
    GTEST_SKIP() << "needs " << data_folder.string() << " (Debian's package libonnx-testdata)";
  }
  std::vector<std::filesystem::path> folders;
  for (const auto& entry : std::filesystem::directory_iterator(data_folder)) folders.push_back(entry.path());
  std::sort(folders.begin(), folders.end());
  Sweep sweep;
  for (const auto& folder : folders) sweep_folder(folder, sweep);
  print(sweep);
  for (const std::string& failure : sweep.failures) ADD_FAILURE() << failure;
  for (const char* op : promised_ops) {
    EXPECT_EQ(sweep.unknown[op], 0) << "folders of promised op " << op << " are skipped";
    EXPECT_GT(sweep.run_alone[op], 0) << "no folder of promised op " << op << " alone has passed";
  }
}

}  // namespace
}  // namespace fovea::test

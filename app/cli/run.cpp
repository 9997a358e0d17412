// fovea run: any values of a network for one input, as raw tensors.
// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <map>
#include <memory>

#include <fmt/format.h>

#include <fovea/error.h>
#include <fovea/npy.h>
#include <fovea/trace.h>

#include "core/lower_case.h"
#include "shared/arguments.h"
#include "shared/device.h"
#include "shared/input.h"
#include "shared/interrupt.h"
#include "shared/json.h"
#include "shared/place.h"
#include "shared/text.h"
#include "shared/verb.h"

namespace fovea::cli::run {
namespace {

struct Choices {
  ModelChoice model;
  Common common;
  std::string input;
  std::vector<std::string> other_inputs;  ///< NAME=FILE.npy
  std::vector<std::string> values;        ///< NAME=FILE.npy
  std::string out;
};

/// A value that was asked for and the file that takes it; without one it is printed.
struct Wanted {
  ValueId value;
  std::string file;
};

std::vector<Wanted> wanted_values(const Choices& choices, const Model& model) {
  std::vector<Wanted> wanted;
  for (const std::string& pair : choices.values) {
    const auto [name, file] = split_pair("--value", pair, true);
    wanted.push_back({model.graph.at(name), file});
  }
  if (wanted.empty() || !choices.out.empty()) wanted.push_back({model.graph.logits(), choices.out});
  for (const Wanted& one : wanted) {
    if (one.file.empty()) continue;
    if (ending_of(one.file) != ".npy") {
      throw Error(ErrorKind::usage, "'" + one.file + "' should end in .npy: values are written as NumPy files");
    }
    require_writable(one.file);
  }
  return wanted;
}

std::map<ValueId, Tensor> other_inputs(const Choices& choices, const Model& model) {
  std::map<ValueId, Tensor> given;
  for (const std::string& pair : choices.other_inputs) {
    const auto [name, file] = split_pair("--input", pair, true);
    given.emplace(model.graph.at(name), to_device(read_floats(file), choices.common.device));
  }
  return given;
}

Json numbers_of(const Tensor& tensor) {
  if (tensor.dim() == 0) return tensor.item<double>();
  Json list = Json::array();
  for (std::int64_t i = 0; i < tensor.size(0); ++i) list.push_back(numbers_of(tensor[i]));
  return list;
}

/// Prints a value, one picture after another: two axes are class scores, one per line with its label.
void print_numbers(const Model& model, const Tensor& tensor) {
  const Tensor flat = tensor.dim() == 0 ? tensor.reshape({1, 1}) : tensor.reshape({tensor.size(0), -1});
  for (std::int64_t n = 0; n < flat.size(0); ++n) {
    for (std::int64_t i = 0; i < flat.size(1); ++i) {
      const bool labelled = tensor.dim() == 2 && i < static_cast<std::int64_t>(model.card.labels.size());
      fmt::print("{:>6}  {:>12}  {}\n", i, number_text(flat[n][i].item<double>()),
                 labelled ? label_of(model.card, i) : "");
    }
  }
}

int run_network(const Choices& choices) {
  apply(choices.common);
  const Model model = open_model(choices.model, choices.common);
  const std::vector<Wanted> wanted = wanted_values(choices, model);
  const Input input = read_input(choices.input, model);
  RunOptions options{.tape = Tape::none, .keep = KeepValues::none, .given = other_inputs(choices, model)};
  for (const Wanted& one : wanted) options.until.push_back(one.value);
  const Trace trace = fovea::run(model.graph, to_device(input.tensor, choices.common.device), options);
  stop_if_interrupted();
  Json values = Json::array();
  for (const Wanted& one : wanted) {
    const Tensor tensor = trace.value(one.value).detach().to(at::kCPU).contiguous();
    Json told{{"name", model.graph.name(one.value)}, {"shape", tensor.sizes().vec()}};
    if (one.file.empty())
      told["numbers"] = numbers_of(tensor);
    else
      told["file"] = one.file;
    values.push_back(told);
    if (!one.file.empty()) write_npy(one.file, tensor);
    if (choices.common.json) continue;
    fmt::print("{} {}{}\n", model.graph.name(one.value), shape_text(tensor.sizes()),
               one.file.empty() ? "" : " written to " + one.file);
    if (one.file.empty()) print_numbers(model, tensor);
  }
  if (choices.common.json) {
    fmt::print("{}\n", text_of(Json::array({Json{{"file", choices.input}, {"values", values}}})));
  }
  return 0;
}

Action add(Parser& parser) {
  const auto choices = std::make_shared<Choices>();
  add_model(parser, choices->model);
  parser.add_option("INPUT", choices->input, "A picture, or a .npy of float32 [C,H,W] or [N,C,H,W], taken as it is")
      .text(" ")
      .required();
  add_pairs(parser, "--value", choices->values, "NAME=FILE.npy",
            "Writes a value of the network, by its or its node's name");
  add_pairs(parser, "--input", choices->other_inputs, "NAME=FILE.npy",
            "Gives a further input of a network with several");
  parser.add_option("--out", choices->out, "Writes the logits instead of printing them").text("FILE.npy");
  add_common(parser, choices->common, {.seed = true});
  return [choices] { return run_network(*choices); };
}

}  // namespace

extern constinit const Verb descriptor{
    .name = "run",
    .sentence = "Runs a network and writes any of its values as raw tensors.",
    .examples =
        "Examples:\n"
        "  fovea run squeezenet.onnx cat.jpg                          the logits, printed\n"
        "  fovea run squeezenet.onnx cat.jpg --out logits.npy\n"
        "  fovea run squeezenet.onnx x.npy --value conv1=conv1.npy fire2/concat=fire2.npy\n"
        "  fovea run style.onnx cat.jpg --input style=style.npy --out y.npy\n"
        "`fovea inspect MODEL` lists the names.",
    .add = add};

}  // namespace fovea::cli::run

// fovea inspect: what a network is made of, a row per node, with shapes, parameters, multiply-adds, receptive fields.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/inspect.h>

#include <algorithm>
#include <cstdio>
#include <memory>

#include <fmt/format.h>

#include "shared/arguments.h"
#include "shared/interrupt.h"
#include "shared/json.h"
#include "shared/text.h"
#include "shared/verb.h"

namespace fovea::cli::inspect {
namespace {

struct Choices {
  ModelChoice model;
  Common common;
  bool all = false;
};

int opset_of(const Graph& graph) {
  int opset = 0;
  for (const Node& node : graph.nodes()) opset = std::max(opset, node.opset);
  return opset;
}

/// Says why this value counts as the logits.
std::string how_found(const Model& model, const LoadOptions& options) {
  if (!options.logits.empty()) return "named by --logits";
  const ValueId logits = model.graph.logits();
  const auto& outputs = model.graph.outputs();
  for (const NodeId consumer : model.graph.value(logits).consumers) {
    const Node& node = model.graph.node(consumer);
    if (node.op->kind == Kind::softmax) return "what softmax '" + node.name + "' reads";
  }
  if (std::find(outputs.begin(), outputs.end(), logits) != outputs.end()) return "the network's output";
  return "found before the network's output";
}

/// Words one number for both sides where they agree, rows x columns where not.
std::string both_sides(double rows, double columns) {
  return rows == columns ? number_text(rows) : number_text(rows) + "x" + number_text(columns);
}

std::string table_of(const ModelReport& report, bool all) {
  std::vector<std::vector<std::string>> rows;
  for (const NodeReport& node : report.nodes) {
    if (node.kind == Kind::constant && !all) continue;
    const auto& field = node.field;
    rows.push_back({node.name, node.op, shape_text(node.shape), node.parameters > 0 ? count_text(node.parameters) : "",
                    node.macs > 0 ? count_text(node.macs) : "",
                    field ? both_sides(static_cast<double>(field->size[0]), static_cast<double>(field->size[1])) : "",
                    field ? both_sides(field->stride[0], field->stride[1]) : ""});
  }
  return table_text(
      {{"node"}, {"op"}, {"output"}, {"parameters", true}, {"MACs", true}, {"field", true}, {"stride", true}}, rows);
}

void print(const Choices& choices, const Model& model, const ModelReport& report) {
  const Card& card = model.card;
  const auto line = [](std::string_view name, const std::string& text) { fmt::print("{:<14}{}\n", name, text); };
  line("file", fmt::format("{}  sha256 {}", model.path.string(), model.hash.substr(0, 12)));
  line("format", fmt::format("ONNX, opset {}", opset_of(model.graph)));
  line("input", report.input + " " + shape_text(report.input_shape));
  line("preprocessing", card.preprocess ? fmt::format("{} ({})", describe(*card.preprocess), card.preprocess->source)
                                        : "none known: give --preprocess, or .npy inputs");
  line("labels", card.labels.empty() ? "none" : fmt::format("{} ({})", card.labels.size(), card.labels_source));
  line("licence", card.licence.empty() ? "not stated" : card.licence);
  line("logits", fmt::format("{} {}, {}", report.logits, shape_text(report.logits_shape),
                             how_found(model, choices.model.options)));
  line("CAM layer", report.cam_layer);
  line("totals", fmt::format("{} nodes, {} parameters, {} MACs", report.nodes.size(), count_text(report.parameters),
                             count_text(report.macs)));
  fmt::print("\n{}", table_of(report, choices.all));
}

Json to_json(const NodeReport& node) {
  Json json{{"name", node.name},   {"op", node.op},
            {"shape", node.shape}, {"parameters", node.parameters},
            {"macs", node.macs},   {"receptive_field", nullptr},
            {"stride", nullptr},   {"first_centre", nullptr}};
  if (!node.field) return json;
  json["receptive_field"] = node.field->size;
  json["stride"] = node.field->stride;
  json["first_centre"] = node.field->first_centre;
  return json;
}

Json to_json(const Choices& choices, const Model& model, const ModelReport& report) {
  const Card& card = model.card;
  Json json{
      {"file", model.path.string()},
      {"sha256", model.hash},
      {"opset", opset_of(model.graph)},
      {"input", {{"name", report.input}, {"shape", report.input_shape}}},
      {"logits",
       {{"name", report.logits}, {"shape", report.logits_shape}, {"found", how_found(model, choices.model.options)}}},
      {"cam_layer", report.cam_layer},
      {"preprocess", nullptr},
      {"preprocess_source", nullptr},
      {"labels", card.labels.size()},
      {"labels_source", card.labels_source},
      {"licence", card.licence},
      {"parameters", report.parameters},
      {"macs", report.macs},
      {"nodes", Json::array()}};
  if (card.preprocess) {
    json["preprocess"] = describe(*card.preprocess);
    json["preprocess_source"] = card.preprocess->source;
  }
  for (const NodeReport& node : report.nodes) json["nodes"].push_back(to_json(node));
  return json;
}

int inspect_model(const Choices& choices) {
  apply(choices.common);
  const Model model = open_model(choices.model, {});  // shapes and counts need no GPU
  const ModelReport report = fovea::inspect(model);
  stop_if_interrupted();
  if (choices.common.json)
    fmt::print("{}\n", text_of(to_json(choices, model, report)));
  else
    print(choices, model, report);
  return 0;
}

Action add(Parser& parser) {
  const auto choices = std::make_shared<Choices>();
  add_model(parser, choices->model);
  parser.add_flag("--all", choices->all, "Shows nodes that only compute shapes and constants, too")
      .excludes("--json", "--json tells all nodes anyway: leave --all out");
  add_common(parser, choices->common, {.seed = true, .device = true});
  return [choices] { return inspect_model(*choices); };
}

}  // namespace

extern constinit const Verb descriptor{
    .name = "inspect",
    .sentence = "Tabulates a network: nodes, shapes, parameters, multiply-adds, receptive fields.",
    .examples =
        "Examples:\n"
        "  fovea inspect squeezenet.onnx\n"
        "  fovea inspect squeezenet.onnx --json\n"
        "`field` is the side of the part of the input that one unit sees, `stride` the distance between the fields of\n"
        "neighbours, both in px. The names are what --at, --value and objectives take.",
    .add = add};

}  // namespace fovea::cli::inspect

// Which values an atlas is about: names and patterns, and what is taken where nobody names any.
// SPDX-License-Identifier: Apache-2.0
#include "atlas/values.h"

#include <algorithm>

#include <ATen/core/grad_mode.h>

#include <fovea/error.h>
#include <fovea/inspect.h>
#include <fovea/trace.h>

#include "core/places.h"

namespace fovea {
namespace {

/// Tells whether a name fits a pattern in which `*` stands for any text.
bool fits(std::string_view pattern, std::string_view name) {
  // The classical walk: on a mismatch the last star takes one character more.
  std::size_t p = 0;
  std::size_t n = 0;
  std::size_t star = std::string_view::npos;
  std::size_t retry = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      retry = n;
    } else if (p < pattern.size() && pattern[p] == name[n]) {
      ++p;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++retry;
    } else {
      return false;
    }
  }
  return std::all_of(pattern.begin() + static_cast<std::ptrdiff_t>(p), pattern.end(), [](char c) { return c == '*'; });
}

}  // namespace

std::vector<ValueId> match_values(const Graph& graph, const std::vector<std::string>& patterns) {
  const ValueSet depends = graph.descendants(graph.inputs(), Paths::numbers);  // what changes with the picture
  ValueSet chosen(graph.values().size());
  for (const std::string& pattern : patterns) {
    if (pattern.find('*') == std::string::npos) {
      const ValueId value = graph.at(pattern);
      if (!depends.has(value)) {
        throw Error(ErrorKind::usage, "'" + pattern + "' does not change with the picture",
                    "name a value that the network computes from it: `fovea inspect` lists them");
      }
      chosen.add(value);
      continue;
    }
    bool anything = false;
    for (const std::string& name : graph.names()) {
      const std::optional<ValueId> value = fits(pattern, name) ? graph.find(name) : std::nullopt;
      if (!value || !depends.has(*value)) continue;
      chosen.add(*value);
      anything = true;
    }
    if (!anything) {
      throw Error(ErrorKind::usage, "no value's name fits '" + pattern + "'",
                  "`fovea inspect` lists the names; `*` stands for any text");
    }
  }
  std::vector<ValueId> values;
  if (!graph.inputs().empty() && chosen.has(graph.inputs().front())) values.push_back(graph.inputs().front());
  for (const Node& node : graph.nodes()) {
    for (const ValueId output : node.outputs) {
      if (chosen.has(output)) values.push_back(output);
    }
  }
  return values;
}

std::vector<ValueId> ranked_values(const Graph& graph, const std::vector<std::string>& patterns) {
  if (!patterns.empty()) return match_values(graph, patterns);
  std::vector<ValueId> values;
  for (const bool rectified : {true, false}) {
    for (const Node& node : graph.nodes()) {
      const bool wanted = rectified ? is_rectifier(graph, node) : node.op->kind == Kind::linear;
      if (wanted && node.outputs[0] != no_value && node.outputs[0] != graph.logits()) values.push_back(node.outputs[0]);
    }
    if (!values.empty()) break;
  }
  values.push_back(graph.logits());
  return values;
}

std::vector<ValueId> embedded_values(const Graph& graph, const std::vector<std::string>& patterns) {
  if (!patterns.empty()) return match_values(graph, patterns);
  const ValueId read = classifier_input(graph, graph.logits());
  return {read == no_value ? graph.logits() : read};
}

std::vector<AtlasValue> measure_values(const Model& model, const std::vector<ValueId>& values) {
  const c10::AutoGradMode no_tape(false);
  std::vector<AtlasValue> measured(values.size());
  const auto look = [&](ValueId id, const Tensor& tensor) {
    for (std::size_t v = 0; v < values.size(); ++v) {
      if (values[v] != id) continue;
      const std::string& name = model.graph.name(id);
      if (tensor.dim() < 2 || !tensor.is_floating_point()) {
        throw Error(ErrorKind::usage, "'" + name + "' has no channels: it is no table of numbers [N,C,...]",
                    "name another value; `fovea inspect` lists them with their shapes");
      }
      const bool map = tensor.dim() == 4;
      measured[v] = {name, model.graph.node_name(id), tensor.size(1), map ? tensor.size(2) : 1,
                     map ? tensor.size(3) : tensor.numel() / (tensor.size(0) * tensor.size(1))};
    }
  };
  const Tensor input = blank_input(model);
  look(model.graph.inputs().front(), input);
  RunOptions options{.tape = Tape::none, .keep = KeepValues::none};
  options.until = values;
  options.until.push_back(model.graph.logits());
  options.on_value = look;
  run(model.graph, input, options);
  return measured;
}

}  // namespace fovea

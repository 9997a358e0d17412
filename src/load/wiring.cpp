// Checks how a file's nodes hang together: each value has one producer, and no node waits for itself.
// SPDX-License-Identifier: Apache-2.0
#include "load/wiring.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include <fovea/error.h>

namespace fovea::load {
namespace {

using Names = std::unordered_set<std::string_view>;

/// The names that a graph sees: its own and those of the graphs around it.
struct NameScope {
  const NameScope* outer = nullptr;
  Names names;

  bool sees(std::string_view name) const { return names.contains(name) || (outer != nullptr && outer->sees(name)); }
};

/// Returns the names that a graph reads from the graphs around it.
Names captures(const FileGraph& graph);

/// Returns what a node and its subgraphs read.
Names reads(const FileNode& node) {
  Names names;
  for (const std::string& input : node.inputs) {
    if (!input.empty()) names.insert(input);
  }
  for (const auto& [attribute, subgraph] : node.subgraphs) names.merge(captures(*subgraph));
  return names;
}

Names captures(const FileGraph& graph) {
  Names names;
  for (const FileNode& node : graph.nodes) names.merge(reads(node));
  for (const FileValue& output : graph.outputs) names.insert(output.name);
  for (const FileValue& input : graph.inputs) names.erase(input.name);
  for (const auto& [name, tensor] : graph.initializers) names.erase(name);
  for (const FileNode& node : graph.nodes) {
    for (const std::string& output : node.outputs) names.erase(output);
  }
  return names;
}

/// Returns, for each node, the nodes that it waits for.
std::vector<std::vector<std::size_t>> dependencies(const FileGraph& graph) {
  std::unordered_map<std::string_view, std::size_t> producers;
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    for (const std::string& output : graph.nodes[n].outputs) producers.emplace(output, n);
  }
  std::vector<std::vector<std::size_t>> result(graph.nodes.size());
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    for (const std::string_view name : reads(graph.nodes[n])) {
      if (const auto found = producers.find(name); found != producers.end()) result[n].push_back(found->second);
    }
  }
  return result;
}

/// Finds a cycle among unsorted nodes: each of them waits for another one, so walking back must meet itself.
std::vector<std::size_t> find_cycle(const std::vector<std::vector<std::size_t>>& waits_for,
                                    const std::vector<bool>& sorted) {
  std::vector<std::size_t> path;
  std::vector<bool> on_path(sorted.size(), false);
  auto node = static_cast<std::size_t>(std::find(sorted.begin(), sorted.end(), false) - sorted.begin());
  while (!on_path[node]) {
    path.push_back(node);
    on_path[node] = true;
    node = *std::find_if(waits_for[node].begin(), waits_for[node].end(), [&](std::size_t n) { return !sorted[n]; });
  }
  std::vector<std::size_t> cycle(std::find(path.begin(), path.end(), node), path.end());
  std::reverse(cycle.begin(), cycle.end());
  std::rotate(cycle.begin(), std::min_element(cycle.begin(), cycle.end()), cycle.end());
  return cycle;
}

std::string describe_cycle(const FileGraph& graph, const std::vector<std::size_t>& cycle) {
  constexpr std::size_t most_named = 8;
  std::string text;
  for (std::size_t i = 0; i < std::min(cycle.size(), most_named); ++i) {
    text += "'" + name_of(graph.nodes[cycle[i]]) + "' -> ";
  }
  if (cycle.size() > most_named) text += "... -> ";
  return text + "'" + name_of(graph.nodes[cycle.front()]) + "'";
}

/// Collects the names that a graph defines; throws when one is defined twice.
Names define(const FileGraph& graph) {
  Names names;
  for (const FileValue& input : graph.inputs) {
    if (!names.insert(input.name).second) {
      throw Error(ErrorKind::format, "the graph's input '" + input.name + "' is declared twice");
    }
  }
  for (const auto& [name, tensor] : graph.initializers) names.insert(name);
  for (const FileNode& node : graph.nodes) {
    for (const std::string& output : node.outputs) {
      if (output.empty() || names.insert(output).second) continue;
      throw Error(ErrorKind::format, "value '" + output + "' is produced twice, the second time by " + describe(node));
    }
  }
  return names;
}

[[noreturn]] void fail_unproduced(const std::string& reader, const std::string& name, const NameScope& scope) {
  std::vector<std::string> candidates;
  for (const NameScope* level = &scope; level != nullptr; level = level->outer) {
    candidates.insert(candidates.end(), level->names.begin(), level->names.end());
  }
  std::sort(candidates.begin(), candidates.end());
  throw Error(ErrorKind::format, reader + " '" + name + "', which nothing produces", did_you_mean(name, candidates));
}

void check(const FileGraph& graph, const NameScope* outer) {
  const NameScope scope{outer, define(graph)};
  for (const FileNode& node : graph.nodes) {
    for (const std::string& input : node.inputs) {
      if (!input.empty() && !scope.sees(input)) fail_unproduced(describe(node) + " reads", input, scope);
    }
    for (const auto& [attribute, subgraph] : node.subgraphs) check(*subgraph, &scope);
  }
  if (graph.outputs.empty()) throw Error(ErrorKind::format, "graph '" + graph.name + "' has no outputs");
  for (const FileValue& output : graph.outputs) {
    if (!scope.sees(output.name)) fail_unproduced("graph '" + graph.name + "' has the output", output.name, scope);
  }
  if (const NodeOrder order = order_nodes(graph); !order.cycle.empty()) {
    throw Error(ErrorKind::format, "nodes " + describe_cycle(graph, order.cycle) + " form a cycle",
                "a feed-forward network has none; was the file edited by hand?");
  }
}

}  // namespace

NodeOrder order_nodes(const FileGraph& graph) {
  const std::vector<std::vector<std::size_t>> waits_for = dependencies(graph);
  std::vector<std::size_t> waiting(waits_for.size());
  std::vector<std::vector<std::size_t>> dependents(waits_for.size());
  std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;  // smallest file position first
  for (std::size_t n = 0; n < waits_for.size(); ++n) {
    waiting[n] = waits_for[n].size();
    for (const std::size_t producer : waits_for[n]) dependents[producer].push_back(n);
    if (waiting[n] == 0) ready.push(n);
  }
  NodeOrder order;
  std::vector<bool> sorted(waits_for.size(), false);
  while (!ready.empty()) {
    const std::size_t node = ready.top();
    ready.pop();
    order.nodes.push_back(node);
    sorted[node] = true;
    for (const std::size_t dependent : dependents[node]) {
      if (--waiting[dependent] == 0) ready.push(dependent);
    }
  }
  if (order.nodes.size() != waits_for.size()) order.cycle = find_cycle(waits_for, sorted);
  return order;
}

void check_wiring(const FileGraph& graph) { check(graph, nullptr); }

std::string name_of(const FileNode& node) {
  if (!node.name.empty()) return node.name;
  const auto named =
      std::find_if(node.outputs.begin(), node.outputs.end(), [](const std::string& output) { return !output.empty(); });
  return named == node.outputs.end() ? node.op_type : *named;
}

std::string describe(const FileNode& node) { return "node '" + name_of(node) + "' (" + node.op_type + ")"; }

}  // namespace fovea::load

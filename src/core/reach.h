// What is computed from what, over nodes in topological order: for graphs, and for parts that are to become one.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <fovea/graph.h>

namespace fovea {

/// Adds what the values of a set are computed from, looking behind the nodes of which `passes` is true. It is asked
/// once, from the last node to the first, about every node with an output in the set.
template <class Passes>
void add_ancestors(const std::vector<Node>& nodes, ValueSet& values, Passes passes) {
  for (auto node = nodes.rbegin(); node != nodes.rend(); ++node) {  // consumers come before producers
    if (!values.has_any(node->outputs) || !passes(*node)) continue;
    for (const ValueId input : node->inputs) values.add(input);
  }
}

/// Adds the other outputs of nodes that make a value of the set: a node's outputs are computed together.
void add_siblings(const std::vector<Node>& nodes, ValueSet& values);

/// Tells which nodes have to run for `targets`, not looking behind values that are `known` (defined) already.
std::vector<bool> needed_nodes(const std::vector<Node>& nodes, const std::vector<ValueId>& targets,
                               const std::vector<Tensor>& known);

}  // namespace fovea

// Which values and nodes a run computes.
// SPDX-License-Identifier: Apache-2.0
#include "core/reach.h"

#include <algorithm>

namespace fovea {

void add_siblings(const std::vector<Node>& nodes, ValueSet& values) {
  for (const Node& node : nodes) {
    if (!values.has_any(node.outputs)) continue;
    for (const ValueId output : node.outputs) values.add(output);
  }
}

std::vector<bool> needed_nodes(const std::vector<Node>& nodes, const std::vector<ValueId>& targets,
                               const std::vector<Tensor>& known) {
  ValueSet wanted(known.size(), targets);
  std::vector<bool> needed(nodes.size(), false);
  add_ancestors(nodes, wanted, [&](const Node& node) {
    const bool runs = std::any_of(node.outputs.begin(), node.outputs.end(),
                                  [&](ValueId output) { return wanted.has(output) && !known[output].defined(); });
    needed[&node - nodes.data()] = runs;
    return runs;
  });
  return needed;
}

}  // namespace fovea

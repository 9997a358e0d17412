// How a file's nodes hang together: who produces each value, who reads it, and an order in which nodes can run.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "load/file_graph.h"

namespace fovea::load {

/// A topological order of a graph's nodes (indices), or the nodes of one cycle, each feeding the next.
struct NodeOrder {
  std::vector<std::size_t> nodes;
  std::vector<std::size_t> cycle;  ///< empty when there is none
};

/// Sorts a graph's nodes (Kahn 1962), stable: a file that is sorted keeps its order. What a node's subgraphs read
/// counts as read by the node; names that nothing here produces are left to `check_wiring`.
NodeOrder order_nodes(const FileGraph& graph);

/// Checks that every value read is an input, an initializer or produced (once), that there is no cycle, and that the
/// outputs exist; subgraphs too, which see the values of the graphs around them. Throws `Error(format)`.
void check_wiring(const FileGraph& graph);

/// Returns a node's name, or its first output's where the file has none.
std::string name_of(const FileNode& node);

/// Words a node for an error: "node 'conv1' (Conv)".
std::string describe(const FileNode& node);

}  // namespace fovea::load

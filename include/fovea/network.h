// Networks to train, described in a small text: one layer per line, from the input to the class scores.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <fovea/api.h>
#include <fovea/graph.h>

namespace FOVEA_API fovea {

/// One line of a network's description.
struct Layer {
  std::string kind;                ///< "conv", "relu", "pool" ...
  std::vector<std::string> words;  ///< what follows the kind
  int line = 0;                    ///< in the text, from 1
};

/// A network's description. The words of its lines (N a number, [..] optional):
///   input SIZE                               pictures of SIZE x SIZE, RGB; the first line
///   conv OUT KERNEL [stride N] [pad N] [groups N] [nobias]
///   batch_norm | relu | lrn | global_pool | dropout P
///   pool max|average KERNEL [stride N] [pad N] [ceil]      stride: as the kernel unless given
///   fc OUT | fc classes                      fully connected; flattens what is spatial
///   keep NAME | from NAME | add NAME         remembers a value; goes on from it; adds it (a residual)
/// `#` begins a comment.
struct Network {
  std::string name;
  std::string text;  ///< as it was read
  int size = 0;      ///< input size in px
  std::vector<Layer> layers;
};

/// Reads a description. Throws `Error(format)` naming the line, what was expected and what was found.
Network parse_network(std::string_view text, std::string name);

/// Names of the built-in networks, sorted.
std::vector<std::string> network_names();
/// Finds a built-in network by its name; throws `Error(usage)` offering near names.
Network find_network(std::string_view name);

/// A dropout of a training graph: its mask is an input, drawn anew for every batch.
struct DropoutMask {
  ValueId value = no_value;
  double rate = 0;  ///< the share of zeros; the others are 1 / (1 - rate)
};

/// A batch norm's statistic of a training graph: the constant that holds it, and the output with its new value.
struct RunningStatistic {
  ValueId held = no_value;
  ValueId updated = no_value;
};

/// A network's graph, and what training must know of it.
struct NetworkGraph {
  Graph graph;
  std::vector<ValueId> weights;  ///< of convolutions and fully connected layers: decayed
  std::vector<ValueId> others;   ///< biases, and scales and shifts of batch norms: not decayed
  std::vector<DropoutMask> masks;
  std::vector<RunningStatistic> statistics;
};

/// Which graph of a network.
enum class Phase {
  training,   ///< batch norm by the batch, dropout by masks that are inputs
  inference,  ///< batch norm by its running statistics, no dropout
};

/// Builds a network's graph for a number of classes, with weights drawn from `seed`: normal, variance 2 / fan-in (He et
/// al. 2015), biases 0; the last layer's variance is 1 / fan-in. Values are named by kind and number: "conv1", "bn1",
/// "fc3"; constants of both phases have the same names. Throws `Error(format)` naming the line whose layer does not fit
/// what comes before it.
NetworkGraph build_network(const Network& network, std::int64_t classes, Phase phase, std::uint64_t seed);

}  // namespace fovea

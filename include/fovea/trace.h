// Running a graph: the values of one run, with an autograd tape one op long per node.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include <fovea/api.h>
#include <fovea/graph.h>
#include <fovea/tensor.h>

namespace FOVEA_API fovea {

/// How a run can be differentiated afterwards.
enum class Tape {
  none,    ///< not at all; fastest
  per_op,  ///< node by node: what `walk` needs
  whole,   ///< through the whole graph by autograd, from the inputs on
};

/// Which values a run keeps.
enum class KeepValues { all, named, none };

/// Choices of a run.
struct RunOptions {
  Tape tape = Tape::per_op;
  KeepValues keep = KeepValues::all;  ///< a per-op tape keeps all
  std::vector<ValueId> named;         ///< kept with `KeepValues::named`; the targets are kept always
  std::vector<ValueId> until;         ///< compute these only (default: outputs and logits)
  std::map<ValueId, Tensor> given;    ///< values taken as they are instead of being computed; other inputs
  const Weights* weights = nullptr;   ///< constants other than the graph's own, by value
  /// Shown every value that a node computes, as soon as it is there and whether or not it is kept: for what is
  /// condensed while it is still in the caches, such as the strongest place of each channel.
  std::function<void(ValueId, const Tensor&)> on_value;
};

/// What the tape kept of one node's run. `inputs` are cut off from what came before; relevance reaches those that
/// require a gradient.
struct Step {
  std::vector<Tensor> inputs;
  std::vector<Tensor> outputs;
};

/// The values of one run. Cheap to copy (tensors are shared); may be walked again and again.
class Trace {
 public:
  /// Returns a value of the run; throws `Error(usage)` naming it when the run did not keep it.
  const Tensor& value(ValueId value) const;
  /// Tells whether the run kept a value (constants count).
  bool has(ValueId value) const { return values_[value].defined(); }
  /// Returns the class scores [N,classes] (the graph's logits, flattened; averaged over positions in a fully
  /// convolutional classifier).
  Tensor scores() const;
  /// Returns what the tape kept of a node; empty without a per-op tape.
  const Step& step(NodeId node) const { return steps_[node]; }
  /// Returns how the run was taped.
  Tape tape() const { return tape_; }
  /// Returns the graph that was run; it must outlive the trace.
  const Graph& graph() const { return *graph_; }
  /// Returns the shape of every value (empty where not kept).
  std::vector<Shape> shapes() const;

 private:
  friend Trace run(const Graph& graph, const Tensor& x, const RunOptions& options);
  const Graph* graph_ = nullptr;
  Tape tape_ = Tape::none;
  std::vector<Tensor> values_;
  std::vector<Step> steps_;
};

/// Runs a graph on `x` [N,...] as its first input (others in `options.given`). 4-D float32 inputs run in channels_last.
/// Throws `Error(shape)` naming the node and its input shapes when an op cannot take them.
Trace run(const Graph& graph, const Tensor& x, const RunOptions& options = {});
Trace run(const Graph&& graph, const Tensor& x, const RunOptions& options = {}) = delete;

/// Flattens class scores to [N,classes]; positions of a fully convolutional classifier [N,classes,h,w] are averaged.
Tensor flatten_scores(const Tensor& logits);

/// Vector-Jacobian product of what autograd recorded: gradients of `outputs` weighted by `weights` at `inputs`,
/// undefined where nothing flows. With `create_graph` the result can be differentiated again.
std::vector<Tensor> vjp(const std::vector<Tensor>& outputs, const std::vector<Tensor>& inputs,
                        const std::vector<Tensor>& weights, bool create_graph = false);

}  // namespace fovea

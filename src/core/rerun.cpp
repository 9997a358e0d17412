// What a replaced value cannot change is taken from the first run, repeated for the batch; whole numbers (shapes) are
// computed anew, since they may hold the batch's size.
// SPDX-License-Identifier: Apache-2.0
#include "core/rerun.h"

namespace fovea {
namespace {

Tensor repeated(const Tensor& one, std::int64_t count) {
  Shape shape = one.sizes().vec();
  shape[0] = count;
  return one.expand(shape);
}

}  // namespace

Trace rerun(const Trace& trace, ValueId at, const Tensor& replaced, const std::vector<ValueId>& until) {
  const Graph& graph = trace.graph();
  const std::int64_t count = replaced.size(0);
  RunOptions options{.tape = Tape::none, .keep = KeepValues::none, .named = {}, .until = until, .given = {}};
  options.given[at] = replaced;

  const ValueSet after = graph.descendants(at);
  for (const Node& node : graph.nodes()) {
    if (!after.has_any(node.inputs)) continue;
    for (const ValueId input : node.inputs) {
      if (input == no_value || after.has(input) || graph.is_constant(input) || !trace.has(input)) continue;
      const Tensor& value = trace.value(input);
      if (value.is_floating_point() && value.dim() > 0 && value.size(0) == 1)
        options.given[input] = repeated(value, count);
    }
  }
  const Tensor& input = trace.value(graph.inputs().front());
  return run(graph, options.given.contains(graph.inputs().front()) ? Tensor{} : repeated(input, count), options);
}

}  // namespace fovea

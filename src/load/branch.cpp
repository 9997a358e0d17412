// Decides which branch an If takes. Exporters write If where a shape decides (torch.squeeze does); for one network that
// shape is always the same, so that the branch can be taken at load.
// SPDX-License-Identifier: Apache-2.0
#include "load/branch.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <ATen/ops/zeros.h>

#include <fovea/error.h>

#include "core/reach.h"

namespace fovea::load {
namespace {

/// A trial: the batch size, and which size of the pair free spatial dims get.
struct Trial {
  std::int64_t batch;
  std::size_t size;
  std::string_view varied;  ///< what differs from the first trial
  std::size_t begin;        ///< the axes that differ, if the network leaves them free
  std::size_t end;
};

constexpr std::size_t most_axes = 64;  // of a tensor in libtorch
constexpr std::int64_t free_channels = 3;

constexpr std::array trials_made{Trial{2, 0, "", 0, most_axes}, Trial{3, 0, "batch size", 0, 1},
                                 Trial{2, 1, "input's size", 2, most_axes}};

/// Sizes tried for free spatial dims; the next pair where a network cannot run at the smaller one.
constexpr std::array<std::array<std::int64_t, 2>, 3> size_pairs{{{64, 96}, {224, 256}, {512, 640}}};

/// Tells whether a value depends on the numbers (not only the shapes) of the network's inputs, or on chance.
bool depends_on_data(const Graph::Parts& parts, ValueId value) {
  ValueSet read(parts.values.size(), {value});
  bool by_chance = false;
  add_ancestors(parts.nodes, read, [&](const Node& node) {
    if (node.op->onnx == "Shape" || node.op->onnx == "Size") return false;
    by_chance = by_chance || is_random(node);
    return true;
  });
  return by_chance || read.has_any(parts.inputs);
}

/// Returns the shape that an input has in a trial: as declared, free dims filled in.
Shape trial_shape(const Value& input, const Trial& trial, std::size_t size_pair, const std::string& node) {
  if (input.declared.empty()) {
    throw Error(ErrorKind::unsupported, "node '" + node + "' (If) depends on the shape of input '" + input.name +
                                            "', which the model does not declare");
  }
  Shape shape = input.declared;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    if (shape[axis] >= 0) continue;
    shape[axis] = axis == 0 ? trial.batch : axis == 1 ? free_channels : size_pairs[size_pair][trial.size];
  }
  return shape;
}

/// Tells whether the inputs of the network leave one of the axes from `begin` to `end` to the user.
bool is_free(const Graph::Parts& parts, std::size_t begin, std::size_t end) {
  for (const ValueId input : parts.inputs) {
    const Shape& shape = parts.values[input].declared;
    for (std::size_t axis = begin; axis < std::min(end, shape.size()); ++axis) {
      if (shape[axis] < 0) return true;
    }
  }
  return false;
}

bool truth(const Tensor& condition, const std::string& node) {
  if (!condition.defined() || condition.numel() != 1) {
    throw Error(ErrorKind::format, "node '" + node + "' (If): its condition is not a single truth value");
  }
  return condition.ne(0).item<bool>();
}

/// Computes the condition in one trial, at sizes large enough for the network.
bool attempt(const Graph::Parts& parts, ValueId condition, const std::string& node, Trials& trials, std::size_t t) {
  for (;;) {
    trials.probes.resize(trials_made.size());
    std::optional<Probe>& probe = trials.probes[t];
    try {
      if (!probe) {
        probe.emplace();
        probe->values.resize(parts.values.size());
        for (const ValueId input : parts.inputs) {
          const Value& value = parts.values[input];
          probe->values[input] = at::zeros(trial_shape(value, trials_made[t], trials.size_pair, node));
        }
      }
      return truth(probe->evaluate(parts, condition), node);
    } catch (const Error& error) {
      const bool last = trials.size_pair + 1 == size_pairs.size();
      if (error.kind() != ErrorKind::shape || last || !is_free(parts, 2, most_axes)) throw;
      ++trials.size_pair;
      trials.probes.clear();
    }
  }
}

}  // namespace

bool decide(const Graph::Parts& parts, ValueId condition, const std::string& node, Trials& trials) {
  if (parts.weights[condition].defined()) return truth(parts.weights[condition], node);
  if (depends_on_data(parts, condition)) {
    throw Error(ErrorKind::unsupported, "node '" + node + "' (If) depends on the input's values, not only on its shape",
                "export the model for inference, without data-dependent control flow");
  }
  bool first = false;
  for (std::size_t t = 0; t < trials_made.size(); ++t) {
    const Trial& trial = trials_made[t];
    if (t > 0 && !is_free(parts, trial.begin, trial.end)) continue;
    const bool taken = attempt(parts, condition, node, trials, t);
    if (t == 0) first = taken;
    if (taken == first) continue;
    throw Error(ErrorKind::unsupported, "node '" + node + "' (If) depends on the " + std::string(trial.varied),
                "export the model for a fixed input shape");
  }
  return first;
}

}  // namespace fovea::load

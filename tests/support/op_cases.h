// The hand-computed cases of ops (tests/ops/NAME.json) and graphs of one node to run them in.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <fovea/graph.h>
#include <fovea/op.h>
#include <fovea/trace.h>

namespace fovea::test {

/// One case: a node with its inputs, and the outputs or the error to expect.
struct OpCase {
  const Op* op = nullptr;
  std::string says;  ///< what the case shows
  int opset = 17;
  Attributes attributes;
  std::vector<Tensor> inputs;        ///< undefined where an optional input is absent
  std::vector<bool> constant;        ///< by input: given by the model (weights, axes, pads), not by the caller
  std::vector<bool> differentiable;  ///< by input: a float input that the case does not call constant
  std::vector<Tensor> outputs;
  std::string error;        ///< part of the expected message; empty when outputs are expected
  double tolerance = 1e-5;  ///< absolute plus relative
  bool gradient = true;     ///< false where forward has a kink or a jump at these inputs
};

/// Returns the folder of the files of cases.
std::filesystem::path op_case_folder();

/// Reads an op's cases; throws `std::runtime_error` naming the file when it is missing, empty or misspelt.
std::vector<OpCase> read_op_cases(const Op& op);

/// Returns a graph of the case's node alone: constants are its weights, the other inputs its inputs.
Graph one_node_graph(const OpCase& op_case);

/// Runs the case's graph as a caller would: the first input as `x`, the others by value.
Trace run_case(const OpCase& op_case, const Graph& graph, Tape tape);

/// Computes the case's outputs by the op's forward alone, from other inputs than its own where given.
Outputs call_forward(const OpCase& op_case, const std::vector<Tensor>& inputs);

/// Returns the inputs in double precision where they are floats.
std::vector<Tensor> double_inputs(const OpCase& op_case);

/// Says how a tensor differs from the expected one (type, shape, largest excess), "" when it does not: floats may
/// differ by `absolute` + `relative` times the expected value (NaN and infinities must be met), integers not at all.
std::string difference(const Tensor& found, const Tensor& expected, double absolute, double relative);

}  // namespace fovea::test

// Einstein summation: multiplies the inputs with their axes matched by letter and sums over the letters that the output
// lacks, e.g. "bij,bjk->bik"; without an arrow the output has the letters that occur once (ONNX: Einsum).
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/einsum.h>

#include <algorithm>
#include <cctype>
#include <string>

#include <fovea/op.h>

#include "ops/checks.h"
#include "ops/elementwise.h"
#include "ops/shapes.h"

namespace fovea::ops::einsum {
namespace {

std::string equation_of(const Node& node) {
  std::string equation = node.attributes.text("equation", "");
  std::erase_if(equation, [](unsigned char c) { return std::isspace(c) != 0; });
  if (equation.empty()) fail(ErrorKind::format, node, "lacks its attribute 'equation'");
  return equation;
}

Outputs forward(const Call& call) {
  const at::ScalarType type = call.input(0).scalar_type();
  std::vector<Tensor> operands;
  for (std::size_t i = 0; i < call.inputs.size(); ++i) operands.push_back(call.input(i).to(float_type(call.input(i))));
  const Tensor y = at::einsum(equation_of(call.node), operands);
  return {type == at::kHalf || type == at::kBFloat16 ? y.to(type) : y};
}

/// Returns the extent of a letter, read off the term that has it: counted from the front before an ellipsis, from the
/// back after it.
std::int64_t extent_of(char letter, const std::string& term, const Shape& shape) {
  const std::size_t at = term.find(letter);
  const std::size_t dots = term.find('.');
  const bool from_front = dots == std::string::npos || at < dots;
  return from_front ? shape.at(at) : shape.at(shape.size() - (term.size() - at));
}

/// Multiplies the output's elements by the extents of the letters that are summed over.
std::int64_t macs(const Placed& placed) {
  const std::string equation = equation_of(placed.node);
  const std::size_t arrow = equation.find("->");
  const std::string left = equation.substr(0, arrow);
  const auto summed = [&](char letter) {
    if (arrow == std::string::npos) return std::count(left.begin(), left.end(), letter) > 1;
    return equation.find(letter, arrow + 2) == std::string::npos;
  };
  std::int64_t count = count_of(placed.output_shapes[0]);
  std::string seen;
  std::size_t begin = 0;
  for (const Shape& shape : placed.input_shapes) {
    const std::string term = left.substr(begin, left.find(',', begin) - begin);
    begin += term.size() + 1;
    for (const char letter : term) {
      if (letter == '.' || seen.find(letter) != std::string::npos) continue;
      seen += letter;
      if (summed(letter)) count *= extent_of(letter, term, shape);
    }
  }
  return count;
}

}  // namespace

extern constinit const Op descriptor{
    .name = "einsum", .onnx = "Einsum", .kind = Kind::linear, .forward = forward, .macs = macs};

}  // namespace fovea::ops::einsum

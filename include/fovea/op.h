// What one kind of node computes, and where: forward, and the geometry that receptive fields, patch crops and exact
// incremental occlusion are made of. One constant descriptor per file of src/ops.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include <fovea/api.h>
#include <fovea/attributes.h>
#include <fovea/tensor.h>

namespace FOVEA_API fovea {

struct Node;

/// The role an op plays in a backward recipe.
enum class Kind {
  linear,         ///< weights times input: convolution, transposed convolution, Gemm, MatMul
  rectifier,      ///< ReLU and what equals it, such as Clip from 0 (see `is_rectifier`)
  activation,     ///< any other element-wise non-linearity
  max_pool,       ///< maximum over windows or over space
  average_pool,   ///< mean over windows or over space
  normalisation,  ///< LRN, instance, layer and group normalisation
  batch_norm,     ///< batch normalisation in inference: one scale and shift per channel
  add,            ///< sum of its inputs
  arithmetic,     ///< any other arithmetic
  concat,         ///< joins its inputs along an axis
  layout,         ///< moves elements without changing them: reshape, transpose, slice, pad ...
  identity,       ///< Identity, Dropout in inference, Cast between float types
  softmax,        ///< Softmax and LogSoftmax
  reduction,      ///< sums, maxima ... along axes
  constant,       ///< shapes, ranges, comparisons: nothing flows back through it
};

/// One call of an op: its node and the tensors at its inputs (undefined where an optional input is absent).
struct Call {
  const Node& node;
  std::span<const Tensor> inputs;

  /// Tells whether optional input `i` is there.
  bool has(std::size_t i) const { return i < inputs.size() && inputs[i].defined(); }
  /// Returns input `i`; throws `Error(format)` naming the node when it is absent.
  const Tensor& input(std::size_t i) const;
  /// Returns input `i`, an integer tensor, as a list of integers.
  std::vector<std::int64_t> integers(std::size_t i) const;
  /// Returns the node's attributes.
  const Attributes& attributes() const;
  /// Returns the version of the op set that the node was written for.
  int opset() const;
};

/// The tensors at an op's outputs, in order; trailing optional outputs may be left out.
using Outputs = std::vector<Tensor>;

/// A half-open interval of positions along one spatial axis.
struct Extent {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  bool operator==(const Extent&) const = default;
};

/// A box of positions of a value over its spatial axes (those from axis 2 on; all channels), in that value's own
/// coordinates; may reach beyond the borders before clipping. A value without spatial axes has no extents.
struct Region {
  bool empty = false;
  std::vector<Extent> extents;
  bool operator==(const Region&) const = default;
};

/// A node with the shapes (and the constant inputs) of one run: what its geometry is computed from.
struct Placed {
  const Node& node;
  std::span<const Tensor> inputs;  ///< values at the inputs; geometry reads only small constant ones (pads, sizes)
  std::span<const Shape> input_shapes;
  std::span<const Shape> output_shapes;
};

/// Where an op's outputs depend on its inputs.
struct Geometry {
  /// Returns the part of the outputs that a part of input `i` touches.
  Region (*affected)(const Placed&, std::size_t i, const Region& of_input);
  /// Returns the part of input `i` that a part of the outputs needs.
  Region (*needed)(const Placed&, std::size_t i, const Region& of_output);
};

/// The default geometry: everything depends on everything.
extern const Geometry whole_geometry;
/// The geometry of element-wise ops with broadcasting: position to position.
extern const Geometry pointwise_geometry;

/// One kind of node.
struct Op {
  std::string_view name;        ///< file stem, e.g. "max_pool"
  std::string_view onnx;        ///< ONNX op_type, e.g. "MaxPool"
  std::string_view caffe = {};  ///< Caffe layer type, e.g. "Pooling"; empty when there is none
  Kind kind = Kind::arithmetic;
  /// Computes the outputs; pure, never in place, differentiable by autograd where the mathematics is.
  Outputs (*forward)(const Call&) = nullptr;
  const Geometry* geometry = &whole_geometry;
  /// Counts multiply-adds of one run; null for ops that have none to speak of.
  std::int64_t (*macs)(const Placed&) = nullptr;
};

/// Returns every op, sorted by name.
std::span<const Op* const> all_ops();
/// Finds an op by its ONNX op_type; null when there is none.
const Op* find_onnx_op(std::string_view op_type);

}  // namespace fovea

// What a network is made of: a table of its nodes with shapes, parameters, multiply-adds and receptive fields.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include <fovea/api.h>
#include <fovea/model.h>
#include <fovea/op.h>
#include <fovea/trace.h>

namespace FOVEA_API fovea {

/// The part of the input that a unit of a value can depend on, and how it moves from unit to unit; rows first, px.
struct ReceptiveField {
  std::array<std::int64_t, 2> size;  ///< of a unit in the middle, borders not cut off; the whole input at most where an
                                     ///< op reads everything
  std::array<double, 2> stride;      ///< distance between the fields of neighbouring units; 0 where all units share one
  std::array<double, 2> first_centre;  ///< centre of the first unit's field, borders not cut off
};

/// Computes the receptive field of a value from the geometry of the ops (the union over branches); nothing when the
/// value has no positions or does not depend on the input. Checked against gradients in the tests.
std::optional<ReceptiveField> receptive_field(const Trace& trace, ValueId value);

/// Returns the box of the input that unit (y, x) of a value depends on, cut off at the picture's borders.
Region receptive_box(const Trace& trace, ValueId value, std::int64_t y, std::int64_t x);

/// One row of the table.
struct NodeReport {
  std::string name;
  std::string op;  ///< ONNX op_type
  Kind kind = Kind::constant;
  Shape shape;                  ///< of the first output, for a batch of 1
  std::int64_t parameters = 0;  ///< weights counted where first read
  std::int64_t macs = 0;        ///< multiply-adds for a batch of 1
  std::optional<ReceptiveField> field;
};

/// The table and its totals.
struct ModelReport {
  std::vector<NodeReport> nodes;
  std::int64_t parameters = 0;
  std::int64_t macs = 0;
  std::string input;   ///< name of the first input
  Shape input_shape;   ///< for a batch of 1
  std::string logits;  ///< name of the value taken as class scores
  Shape logits_shape;
  std::string cam_layer;  ///< a CAM's default layer
};

/// Runs the network once on zeros (other inputs too; free sizes as the card says, else 224) and tabulates it.
ModelReport inspect(const Model& model);

/// Runs the network once on zeros, without a tape, and keeps every value: for shapes and receptive fields.
Trace blank_run(const Model& model);

/// Returns zeros of the network's first input for a batch of 1; free sizes as the card says, else 224.
Tensor blank_input(const Model& model);

}  // namespace fovea

// What in a picture one unit answers to: a backward walk from that unit alone, on the part of the picture that the unit
// can see, which gives the same pixels as a walk over the whole picture in a fraction of the time.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include <fovea/api.h>
#include <fovea/inspect.h>
#include <fovea/model.h>
#include <fovea/walk.h>

namespace FOVEA_API fovea {

/// A unit's projection.
struct Projection {
  Tensor pixels;          ///< [C,h,w], float32: the walk's result inside `box`; it is zero outside
  Region box;             ///< rows and columns of the input that the unit depends on, cut off at the borders
  double activation = 0;  ///< the unit's value in this run
  bool cropped = false;   ///< only the part of the input that the unit needs was run
};

/// Projects units of one value. A crop begins at a multiple of all strides on the way, so every window of the cropped
/// run lies where it lies in the whole one; where strides do not divide (resizing ops), or a value reads the whole
/// input, the whole picture is run.
class Projector {
 public:
  /// `model` and `recipe` must outlive it; `options` are the recipe's (null: its defaults). Throws `Error(usage)` when
  /// the value has no channels.
  Projector(const Model& model, ValueId value, const Recipe& recipe, const Options* options = nullptr);
  ~Projector();
  Projector(const Projector&) = delete;
  Projector& operator=(const Projector&) = delete;

  /// Walks from the unit at a channel and a place (row * width + column of its map), which starts with its activation
  /// (a unit at or below zero with 1), in the input [1,C,H,W]. `whole` runs the whole picture nevertheless.
  Projection project(const Tensor& input, std::int64_t channel, std::int64_t place, bool whole = false) const;

  /// Returns the box that a unit can see without cutting it off at the borders: what patches of one size are cut by.
  Region field(std::int64_t place) const;
  /// Tells whether units see less than the whole picture.
  bool crops() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace fovea

// What an incremental run keeps of its values on the way.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/incremental.h"

namespace fovea {

/// What is known of a value in a batch of changed pictures.
struct Incremental::Part {
  enum class State { same, boxes, whole };
  State state = State::same;
  Boxes boxes;
  Tensor values;  ///< of State::whole
};

/// Where the boxes of a node's output lie.
struct Incremental::Plan {
  bool local = false;
  std::int64_t height = 0;
  std::int64_t width = 0;
  std::vector<Place> places;
};

}  // namespace fovea

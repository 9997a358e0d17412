// What a card's field `resize` means, when it is free text.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include <fovea/model.h>

namespace fovea {

/// Longest side of an input that a card may ask for.
inline constexpr int most_input_side = 32768;

/// What the field `resize` says; 0 where it says nothing. A shortest side of 0 stands for the input's own.
struct Resize {
  Fit fit = Fit::stretch;
  int resize_to = 0;
  double central_share = 1;
  int width = 0;  ///< as stated for certain
  int height = 0;
  int width_if_free = 0;  ///< for a model that takes any size
  int height_if_free = 0;
};

/// Reads the free text of cards; nothing when it is none of the known ones.
std::optional<Resize> parse_resize_text(std::string_view given);

}  // namespace fovea

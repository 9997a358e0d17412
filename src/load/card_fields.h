// Fields of cards, read with care: a field that is wrong becomes an error with the card's and the field's name.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <fovea/tensor.h>

#include "core/json.h"

namespace fovea::cards {

/// Most bytes of a card or of a file of labels.
inline constexpr std::uintmax_t most_file_bytes = 16 << 20;

/// Where a card came from, for messages.
struct Source {
  std::string path;              ///< shown before a field's name
  std::filesystem::path folder;  ///< of files that the card names; empty when there is none
};

/// Throws `Error(format)`: the field's name, and what is wrong with it.
[[noreturn]] void bad_field(const Source& source, const std::string& field, const std::string& what,
                            const std::string& hint = {});

/// Words a found JSON value, cut short.
std::string shown(const Json& value);
/// Words a shape, "?" where it is free: "[?,3,224,224]".
std::string shown(const Shape& shape);

/// Returns a member, or null where it is absent.
const Json& member(const Json& object, const char* key);

/// Returns a text; "" for null.
std::string text_of(const Json& value, const std::string& field, const Source& source);

/// Returns a side of a picture in px, within what networks take.
int side_of(const Json& value, const std::string& field, const Source& source);

/// What a model says of its input; 0 where it is free.
struct InputExtent {
  int channels = 0, width = 0, height = 0;
};

/// Reads [N,C,H,W]; nothing when the input is no picture.
std::optional<InputExtent> input_extent(const Shape& shape);

}  // namespace fovea::cards

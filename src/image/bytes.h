// Numbers out of raw bytes, checked: reading past the end gives nothing instead of a crash.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace fovea {

/// The bytes of a file or of a part of it.
using Bytes = std::span<const std::byte>;

/// The order of a number's bytes.
enum class Endian { little, big };

/// Reads an unsigned number of `size` (1 to 4) bytes.
inline std::optional<std::uint32_t> number_at(Bytes bytes, std::size_t at, std::size_t size, Endian endian) {
  if (at > bytes.size() || size > bytes.size() - at) return std::nullopt;
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const std::size_t from = endian == Endian::big ? at + i : at + size - 1 - i;
    value = value << 8 | std::to_integer<std::uint32_t>(bytes[from]);
  }
  return value;
}

/// Tells whether these characters (zero bytes allowed) stand at a place.
inline bool holds(Bytes bytes, std::size_t at, std::string_view text) {
  if (at > bytes.size() || text.size() > bytes.size() - at) return false;
  return std::equal(text.begin(), text.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at),
                    [](char c, std::byte b) { return static_cast<std::byte>(c) == b; });
}

}  // namespace fovea

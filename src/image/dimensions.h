// A picture file's format and size, from its first bytes, before anything is decoded.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string_view>

namespace fovea {

/// The picture formats that Fovea reads.
enum class PictureFormat { png, jpeg, bmp, gif, webp, tiff };

/// Names a format as people write it, e.g. "JPEG".
std::string_view name(PictureFormat format);

/// A picture's size as its file says.
struct Dimensions {
  std::int64_t width = 0;
  std::int64_t height = 0;
};

/// Most pixels of a picture, whatever its sides.
inline constexpr std::int64_t most_pixels = 400'000'000;

/// Tells a file's format from its first bytes; nothing when it is none of ours.
std::optional<PictureFormat> picture_format(std::span<const std::byte> file);

/// Reads a picture's size from its header; nothing when the header is broken or ends early.
std::optional<Dimensions> picture_dimensions(std::span<const std::byte> file, PictureFormat format);

/// Throws `Error(resource)` naming the file, its size and the limit for a picture that is too large, `Error(format)`
/// for one without any pixels.
void check_dimensions(Dimensions size, int max_side, const std::filesystem::path& path);

}  // namespace fovea

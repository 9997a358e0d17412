// Pictures: reading and writing files, and turning maps into pictures.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fovea/api.h>
#include <fovea/tensor.h>

namespace FOVEA_API fovea {

/// A picture: 8-bit RGB, rows from the top. Copies share nothing.
struct Image {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> rgb;  ///< height x width x 3

  /// Returns the three bytes of the pixel at (x, y).
  std::uint8_t* at(int x, int y) { return rgb.data() + 3 * (static_cast<std::size_t>(y) * width + x); }
  const std::uint8_t* at(int x, int y) const { return rgb.data() + 3 * (static_cast<std::size_t>(y) * width + x); }
};

/// A colour, 8-bit RGB.
using Colour = std::array<std::uint8_t, 3>;

/// Makes a picture of one colour.
Image make_image(int width, int height, Colour colour = {0, 0, 0});

/// Reads a picture file in any common format (PNG, JPEG, WebP, TIFF, BMP, GIF): grey, 16-bit and CMYK become 8-bit RGB,
/// colours of an ICC profile sRGB, transparency is laid over white, a camera's orientation tag is followed. Of a TIFF
/// file it is the first picture; a GIF or WebP file of several is a clip (`read_clip`) and refused with
/// `Error(unsupported)`. Throws `Error(file)` for a missing or empty file, `Error(format)` for one that does not
/// decode, `Error(resource)` for one with a side over `max_side` pixels (read from its header, before anything is
/// allocated).
Image read_image(const std::filesystem::path& path, int max_side = 32768);

/// Decodes a picture file that is in memory, as `read_image` does; `name` stands for it in messages.
Image decode_image(std::span<const std::uint8_t> bytes, const std::string& name, int max_side = 32768);

/// Writes a picture whole or not at all (a temporary beside it, then a rename); format by extension (.png, .jpg,
/// .webp). Throws `Error(file)` when the place cannot be written.
void write_image(const std::filesystem::path& path, const Image& image);

/// Encodes a picture in memory; `extension` like ".png".
std::vector<std::uint8_t> encode_image(const Image& image, std::string_view extension);

/// How samples are taken when a picture or a map changes size.
enum class Interpolation { nearest, linear, area, cubic };

/// Resizes a picture.
Image resize(const Image& image, int width, int height, Interpolation interpolation);
/// Cuts out a box that lies inside the picture.
Image crop(const Image& image, int x, int y, int width, int height);

/// Resizes a map [h,w] (float) bilinearly, half-pixel centres, as cv2.resize does.
Tensor resize_map(const Tensor& map, int width, int height);

/// Maps [0,1] to colours: "inferno", "viridis", "magma", "grey" (perceptually uniform), "diverging" (blue - grey - red,
/// 0.5 is grey). Throws `Error(usage)` on another name.
Colour colour_of(std::string_view colour_map, double value);

/// Draws a map [h,w] of values in [0,1] in colours, at its own size.
Image colourise(const Tensor& map01, std::string_view colour_map);

/// Scales a non-negative map to [0,1] by its maximum (negative values become 0; all-zero stays zero).
Tensor scale_unsigned(const Tensor& map);
/// Scales a signed map to [0,1] with 0 at 0.5, by its largest magnitude; `percentile` clips outliers (100: none).
Tensor scale_signed(const Tensor& map, double percentile = 99.5);

/// Lays a heat map [h,w] in [0,1] over a picture (resized to it): colours mixed by `opacity`.
Image overlay(const Image& picture, const Tensor& map01, std::string_view colour_map = "inferno", double opacity = 0.6);

/// Draws a signed [3,H,W] (RGB) or [H,W] map about mid-grey.
Image signed_picture(const Tensor& map, double percentile = 99.5);

}  // namespace fovea

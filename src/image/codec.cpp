// Pictures in and out of files: a file's format and size are told from its first bytes and checked before its decoder,
// one of codecs/, makes room for anything.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include <fovea/error.h>
#include <fovea/image.h>

#include "core/atomic_file.h"
#include "core/lower_case.h"
#include "image/codecs/bmp.h"
#include "image/codecs/gif.h"
#include "image/codecs/jpeg.h"
#include "image/codecs/png.h"
#include "image/codecs/tiff.h"
#include "image/codecs/webp.h"
#include "image/frames.h"

namespace fovea {
namespace {

constexpr std::uintmax_t most_file_bytes = std::uintmax_t{2} << 30;

/// Throws for a file of several pictures, of which none is the one.
void require_one_picture(const Encoded& file) {
  const std::int64_t pictures = count_frames(file.bytes);
  if (pictures < 2) return;
  throw Error(ErrorKind::unsupported,
              file.name + " is animated: it holds " + std::to_string(pictures) + " pictures where one is asked for",
              "`fovea explain` and `fovea make` take it as a clip; else save one of its frames as a PNG");
}

Decoded decode(const Encoded& file) {
  switch (file.format) {
    case PictureFormat::png: return decode_png(file);
    case PictureFormat::jpeg: return decode_jpeg(file);
    case PictureFormat::bmp: return decode_bmp(file);
    case PictureFormat::gif: return decode_gif(file);
    case PictureFormat::webp: return decode_webp(file);
    case PictureFormat::tiff: return decode_tiff(file);
  }
  throw Error(ErrorKind::internal, file.name + " is of a format without a decoder");
}

/// Decodes a file's bytes; `name` is what it is called.
Image decode_file(Bytes bytes, const std::string& name, int max_side) {
  const Encoded file = encoded_of(bytes, name, max_side);
  require_one_picture(file);
  return to_image(decode(file));
}

/// A format that is written.
struct Encoder {
  std::vector<std::uint8_t> (*encode)(const Image&);
  int most_side;  ///< the format's own limit
};

Encoder encoder_for(std::string_view extension) {
  const std::string lower = lower_case(extension);
  if (lower == ".png") return {encode_png, 1'000'000};
  if (lower == ".jpg" || lower == ".jpeg") return {[](const Image& image) { return encode_jpeg(image, 95); }, 65'500};
  if (lower == ".webp") return {[](const Image& image) { return encode_webp(image, 95); }, 16'383};
  throw Error(ErrorKind::usage, "pictures are not written as '" + std::string(extension) + "'",
              "end the name in .png, .jpg or .webp");
}

}  // namespace

Image make_image(int width, int height, Colour colour) {
  if (width < 0 || height < 0) {
    throw Error(ErrorKind::usage,
                "a picture cannot be " + std::to_string(width) + "x" + std::to_string(height) + " px");
  }
  Image image{.width = width, .height = height, .rgb = {}};
  image.rgb.assign(std::size_t{3} * static_cast<std::size_t>(width) * static_cast<std::size_t>(height), colour[0]);
  if (colour[1] == colour[0] && colour[2] == colour[0]) return image;
  for (std::size_t i = 0; i < image.rgb.size(); i += 3) std::copy(colour.begin(), colour.end(), &image.rgb[i]);
  return image;
}

Image read_image(const std::filesystem::path& path, int max_side) {
  return decode_file(read_whole(path, most_file_bytes), path.string(), max_side);
}

Image decode_image(std::span<const std::uint8_t> bytes, const std::string& name, int max_side) {
  return decode_file(std::as_bytes(bytes), name, max_side);
}

std::vector<std::uint8_t> encode_image(const Image& image, std::string_view extension) {
  const Encoder encoder = encoder_for(extension);
  const std::string size = std::to_string(image.width) + "x" + std::to_string(image.height);
  if (image.width <= 0 || image.height <= 0) {
    throw Error(ErrorKind::usage, "a picture of " + size + " px has no pixels");
  }
  if (std::max(image.width, image.height) > encoder.most_side) {
    throw Error(ErrorKind::resource,
                "a picture of " + size + " px does not fit in '" + std::string(extension) +
                    "', whose sides have at most " + std::to_string(encoder.most_side),
                "write it as .png");
  }
  return encoder.encode(image);
}

void write_image(const std::filesystem::path& path, const Image& image) {
  const std::vector<std::uint8_t> bytes = encode_image(image, path.extension().string());
  write_whole(path, std::as_bytes(std::span(bytes)));
}

}  // namespace fovea

// Pictures in and out of files: OpenCV decodes and encodes; around it, sizes are checked before decoding, damage is
// told from pixels, transparency is laid over white (c*a + 255*(1-a)), and a camera's orientation is followed.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>
#include <limits>
#include <string>

#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include <fovea/error.h>
#include <fovea/image.h>

#include "core/atomic_file.h"
#include "image/containers.h"
#include "image/dimensions.h"
#include "image/gif.h"

namespace fovea {
namespace {

constexpr std::uintmax_t most_file_bytes = std::uintmax_t{2} << 30;

/// A library leaves its user's terminal alone; what goes wrong is told by exceptions.
void silence_opencv() {
  static const auto before = cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  static_cast<void>(before);
}

[[noreturn]] void does_not_decode(const std::filesystem::path& path, std::string_view format, std::string_view why) {
  throw Error(ErrorKind::format, path.string() + " does not decode as " + std::string(format) + ": " + std::string(why),
              "the file is damaged; get it again, or write it anew as PNG or JPEG");
}

/// What decoding needs beside the decoder: the bytes to give it and what it would not tell.
struct Prepared {
  Bytes bytes;
  PngParts png;  ///< owns what `bytes` shows of a PNG file
  int orientation = 1;
  std::string damage;  ///< empty: the file is whole
};

Prepared prepare(Bytes file, PictureFormat format, Dimensions size) {
  constexpr std::string_view cut_off = "it ends early";
  Prepared prepared{.bytes = file, .png = {}, .orientation = 1, .damage = {}};
  if (format == PictureFormat::jpeg) {
    const JpegParts jpeg = walk_jpeg(file);
    prepared.orientation = exif_orientation(jpeg.exif);
    if (!jpeg.whole) prepared.damage = cut_off;
  } else if (format == PictureFormat::png) {
    prepared.png = walk_png(file);
    prepared.bytes = std::as_bytes(std::span(prepared.png.essential));
    prepared.orientation = exif_orientation(prepared.png.exif);
    if (!prepared.png.whole) prepared.damage = "it ends early, or a chunk's checksum is wrong";
  } else if (format == PictureFormat::webp) {
    const WebpParts webp = walk_webp(file);
    prepared.orientation = exif_orientation(webp.exif);
    if (!webp.whole) prepared.damage = cut_off;
    if (webp.animated) prepared.damage = "it is animated";
  } else if (format == PictureFormat::bmp && !bmp_is_whole(file, size)) {
    prepared.damage = "it ends early, or its header is of an unknown kind";
  }
  return prepared;
}

/// Makes the transparent colour of a grey or RGB PNG (tRNS, which OpenCV passes over) an alpha channel.
cv::Mat with_colour_key(const cv::Mat& decoded, const PngParts& png) {
  constexpr int grey = 0;
  constexpr int rgb = 2;
  const auto channels = static_cast<std::size_t>(decoded.channels());
  const bool keyed = (png.colour_type == grey && channels == 1) || (png.colour_type == rgb && channels == 3);
  if (!keyed || png.transparency.size() < 2 * channels || png.bit_depth < 1 || png.bit_depth > 16) return decoded;
  // Samples of 1, 2 and 4 bits are widened to 8 by repeating them, and so is the key.
  const std::uint32_t largest = (1u << png.bit_depth) - 1;
  const std::uint32_t widened = png.bit_depth < 8 ? 255 / largest : 1;
  cv::Scalar key;
  for (std::size_t c = 0; c < channels; ++c) {
    const std::uint32_t sample = number_at(png.transparency, 2 * c, 2, Endian::big).value_or(0) & largest;
    key[static_cast<int>(channels - 1 - c)] = sample * widened;
  }
  cv::Mat transparent;
  cv::inRange(decoded, key, key, transparent);
  cv::Mat alpha = ~transparent;
  if (decoded.depth() == CV_16U) alpha.convertTo(alpha, CV_16U, 257);
  cv::Mat coloured = decoded;
  if (channels == 1) cv::cvtColor(decoded, coloured, cv::COLOR_GRAY2BGR);
  cv::Mat result;
  cv::merge(std::vector<cv::Mat>{coloured, alpha}, result);
  return result;
}

/// Whether colours were multiplied by alpha already.
enum class Alpha { apart, multiplied };

/// Lays one pixel type with blue, green, red, alpha over white.
template <typename Sample>
cv::Mat over_white(const cv::Mat& bgra, Alpha kind) {
  constexpr std::uint64_t full = std::numeric_limits<Sample>::max();
  constexpr std::uint64_t to_byte = full / 255;
  cv::Mat result(bgra.size(), CV_8UC3);
  for (int y = 0; y < bgra.rows; ++y) {
    const Sample* from = bgra.ptr<Sample>(y);
    std::uint8_t* to = result.ptr<std::uint8_t>(y);
    for (int x = 0; x < bgra.cols; ++x, from += 4, to += 3) {
      const std::uint64_t alpha = from[3];
      for (int c = 0; c < 3; ++c) {
        const std::uint64_t share = kind == Alpha::multiplied ? full : alpha;
        const std::uint64_t mixed = std::min(from[c] * share + full * (full - alpha), full * full);
        to[c] = static_cast<std::uint8_t>((mixed + full * to_byte / 2) / (full * to_byte));
      }
    }
  }
  return result;
}

/// Makes 8-bit BGR of what a decoder returned.
cv::Mat to_bgr8(cv::Mat decoded, PictureFormat format, const std::filesystem::path& path) {
  const int depth = decoded.depth();
  if ((depth != CV_8U && depth != CV_16U) || decoded.channels() == 2 || decoded.channels() > 4) {
    throw Error(ErrorKind::unsupported,
                path.string() +
                    " has samples of a type that is not read: only 8 or 16 bits in "
                    "1, 3 or 4 channels are",
                "write it as an 8-bit PNG");
  }
  if (decoded.channels() == 4) {
    if (depth == CV_16U) return over_white<std::uint16_t>(decoded, Alpha::apart);
    // libtiff's conversion to 8-bit RGBA multiplies; the other decoders hand over what the file has.
    return over_white<std::uint8_t>(decoded, format == PictureFormat::tiff ? Alpha::multiplied : Alpha::apart);
  }
  if (depth == CV_16U) decoded.convertTo(decoded, CV_8U, 1.0 / 257);
  if (decoded.channels() == 1) cv::cvtColor(decoded, decoded, cv::COLOR_GRAY2BGR);
  return decoded;
}

/// Turns a picture upright by Exif's orientation (2 to 8; 1 is upright).
cv::Mat upright(const cv::Mat& image, int orientation) {
  constexpr int about_x = 0;
  constexpr int about_y = 1;
  cv::Mat result = image;
  switch (orientation) {
    case 2: cv::flip(image, result, about_y); break;
    case 3: cv::rotate(image, result, cv::ROTATE_180); break;
    case 4: cv::flip(image, result, about_x); break;
    case 5: cv::transpose(image, result); break;
    case 6: cv::rotate(image, result, cv::ROTATE_90_CLOCKWISE); break;
    case 7:
      cv::transpose(image, result);
      cv::rotate(result, result, cv::ROTATE_180);
      break;
    case 8: cv::rotate(image, result, cv::ROTATE_90_COUNTERCLOCKWISE); break;
    default: break;
  }
  return result;
}

/// Copies 8-bit BGR into a picture.
Image to_image(const cv::Mat& bgr) {
  Image image = make_image(bgr.cols, bgr.rows);
  cv::Mat rgb(bgr.rows, bgr.cols, CV_8UC3, image.rgb.data());
  cv::cvtColor(bgr, rgb, cv::COLOR_BGR2RGB);
  return image;
}

/// Runs OpenCV's decoder; an empty matrix when it fails.
cv::Mat decode(Bytes bytes, PictureFormat format) {
  // JPEG decodes to colour (which resolves CMYK); the others as they are, for their alpha channel and 16 bits.
  const int flags = format == PictureFormat::jpeg ? cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION
                                                  : static_cast<int>(cv::IMREAD_UNCHANGED);
  const cv::Mat file(1, static_cast<int>(bytes.size()), CV_8UC1,
                     const_cast<std::byte*>(bytes.data()));  // OpenCV takes no pointer to const; it only reads
  try {
    return cv::imdecode(file, flags);
  } catch (const cv::Exception&) {
    return {};
  }
}

Image decode_with_opencv(Bytes file, PictureFormat format, Dimensions expected, const std::filesystem::path& path) {
  silence_opencv();
  const Prepared prepared = prepare(file, format, expected);
  if (!prepared.damage.empty()) does_not_decode(path, name(format), prepared.damage);
  if (prepared.bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    throw Error(ErrorKind::resource, path.string() + " has over 2 GiB");
  }
  cv::Mat decoded = decode(prepared.bytes, format);
  if (decoded.empty()) does_not_decode(path, name(format), "its pixels are damaged, or of an unknown kind");
  const bool turned = decoded.cols == expected.height && decoded.rows == expected.width;  // TIFF's own orientation tag
  if (!turned && (decoded.cols != expected.width || decoded.rows != expected.height)) {
    does_not_decode(path, name(format), "its header and its pixels differ in size");
  }
  if (format == PictureFormat::png) decoded = with_colour_key(decoded, prepared.png);
  return to_image(upright(to_bgr8(decoded, format, path), prepared.orientation));
}

/// Decodes a file's bytes; `path` is what it is called.
Image decode_file(Bytes file, const std::filesystem::path& path, int max_side) {
  if (file.empty()) throw Error(ErrorKind::file, path.string() + " is empty", "get the file again");
  const auto format = picture_format(file);
  if (!format) {
    throw Error(ErrorKind::format, path.string() + " is not a picture in a format that is read",
                "give a PNG, JPEG, WebP, TIFF, BMP or GIF file");
  }
  const auto size = picture_dimensions(file, *format);
  if (!size) does_not_decode(path, name(*format), "its header is broken or cut off");
  check_dimensions(*size, max_side, path);
  if (*format != PictureFormat::gif) return decode_with_opencv(file, *format, *size, path);
  auto image = decode_gif(file);
  if (!image) does_not_decode(path, name(*format), "it is damaged or ends early");
  return std::move(*image);
}

std::string lower_case(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

/// Settings of an encoder that we write with.
struct Encoder {
  std::vector<int> parameters;
  int most_side = 0;  ///< the format's own limit
};

Encoder encoder_for(std::string_view extension) {
  constexpr int png_compression = 6;  // zlib's own default: a third smaller than OpenCV's 1
  constexpr int jpeg_quality = 95;
  constexpr int webp_quality = 95;
  const std::string lower = lower_case(extension);
  if (lower == ".png") return {{cv::IMWRITE_PNG_COMPRESSION, png_compression}, 1'000'000};
  if (lower == ".jpg" || lower == ".jpeg") return {{cv::IMWRITE_JPEG_QUALITY, jpeg_quality}, 65'500};
  if (lower == ".webp") return {{cv::IMWRITE_WEBP_QUALITY, webp_quality}, 16'383};
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
  return decode_file(read_whole(path, most_file_bytes), path, max_side);
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
  silence_opencv();
  const cv::Mat rgb(image.height, image.width, CV_8UC3, const_cast<std::uint8_t*>(image.rgb.data()));
  std::vector<std::uint8_t> bytes;
  try {
    cv::Mat bgr;
    cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
    if (!cv::imencode(lower_case(extension), bgr, bytes, encoder.parameters)) bytes.clear();
  } catch (const cv::Exception& e) {
    throw Error(ErrorKind::internal, "encoding " + size + " px as '" + std::string(extension) + "' failed: " + e.err);
  }
  if (bytes.empty()) {
    throw Error(ErrorKind::internal, "encoding " + size + " px as '" + std::string(extension) + "' failed");
  }
  return bytes;
}

void write_image(const std::filesystem::path& path, const Image& image) {
  const std::vector<std::uint8_t> bytes = encode_image(image, path.extension().string());
  write_whole(path, std::as_bytes(std::span(bytes)));
}

}  // namespace fovea

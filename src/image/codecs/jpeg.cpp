// JPEG files by libjpeg-turbo: the slow, exact inverse transform and its "fancy" upsampling of colours.
//
// libjpeg leaves its functions by longjmp when something is wrong. Every function here that calls it has one setjmp and
// no object with a destructor: those live in the callers, in `JpegReader` and `JpegWriter`.
// SPDX-License-Identifier: Apache-2.0
#include "image/codecs/jpeg.h"

#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <string>

#include <jpeglib.h>
#include <jerror.h>

#include <fovea/error.h>

#include "image/containers.h"

namespace fovea {
namespace {

constexpr int most_scans = 200;  // of a progressive file; usual are about 10, and each costs a pass over all pixels

/// Where libjpeg's errors end.
struct JpegErrors {
  jpeg_error_mgr manager;
  std::jmp_buf out;
  char why[JMSG_LENGTH_MAX];
};

[[noreturn]] void leave_jpeg(j_common_ptr info) {
  auto& errors = *static_cast<JpegErrors*>(info->client_data);
  (*info->err->format_message)(info, errors.why);
  std::longjmp(errors.out, 1);
}

/// Warnings that pixels are missing or made up end the decoding; others, such as bytes between markers, do no harm.
void heed_jpeg_warning(j_common_ptr info, int level) {
  if (level >= 0) return;  // a trace
  switch (info->err->msg_code) {
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_JPEG_EOF:
    case JWRN_MUST_RESYNC: leave_jpeg(info);
    default: break;
  }
}

void count_jpeg_scans(j_common_ptr info) {
  if (!info->is_decompressor || reinterpret_cast<j_decompress_ptr>(info)->input_scan_number <= most_scans) return;
  auto& errors = *static_cast<JpegErrors*>(info->client_data);
  std::snprintf(errors.why, sizeof errors.why, "it has more than %d scans", most_scans);
  std::longjmp(errors.out, 1);
}

void set_jpeg_errors(JpegErrors& errors) {
  jpeg_std_error(&errors.manager);
  errors.manager.error_exit = leave_jpeg;
  errors.manager.emit_message = heed_jpeg_warning;
  errors.manager.output_message = [](j_common_ptr) {};
}

struct JpegReader {
  JpegReader() {
    set_jpeg_errors(errors);
    info.err = &errors.manager;
    info.client_data = &errors;
    progress.progress_monitor = count_jpeg_scans;
  }
  ~JpegReader() { jpeg_destroy_decompress(&info); }
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;

  jpeg_decompress_struct info{};
  JpegErrors errors{};
  jpeg_progress_mgr progress{};
};

bool read_jpeg_header(JpegReader& reader, const unsigned char* bytes, unsigned long size) {
  if (setjmp(reader.errors.out) != 0) return false;
  jpeg_create_decompress(&reader.info);
  reader.info.progress = &reader.progress;
  jpeg_mem_src(&reader.info, bytes, size);
  jpeg_read_header(&reader.info, TRUE);
  return true;
}

bool read_jpeg_rows(JpegReader& reader, std::uint8_t* rows, std::size_t stride) {
  if (setjmp(reader.errors.out) != 0) return false;
  jpeg_start_decompress(&reader.info);
  while (reader.info.output_scanline < reader.info.output_height) {
    JSAMPROW row = rows + reader.info.output_scanline * stride;
    jpeg_read_scanlines(&reader.info, &row, 1);
  }
  jpeg_finish_decompress(&reader.info);
  return true;
}

/// Tells whether a file is too short for its size: a Huffman code has at least one bit, and every block of the
/// component with the most of them (8x8 px) at least one code.
bool is_too_short_jpeg(const JpegReader& reader, const Encoded& file) {
  constexpr std::int64_t most_pixels_per_byte = std::int64_t{8} * 8 * 8;
  return reader.info.arith_code == 0 &&
         file.size.width * file.size.height / most_pixels_per_byte > static_cast<std::int64_t>(file.bytes.size());
}

struct JpegWriter {
  JpegWriter() {
    set_jpeg_errors(errors);
    info.err = &errors.manager;
    info.client_data = &errors;
  }
  ~JpegWriter() {
    jpeg_destroy_compress(&info);
    std::free(bytes);
  }
  JpegWriter(const JpegWriter&) = delete;
  JpegWriter& operator=(const JpegWriter&) = delete;

  jpeg_compress_struct info{};
  JpegErrors errors{};
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
};

bool write_jpeg(JpegWriter& writer, const Image& image, int quality) {
  if (setjmp(writer.errors.out) != 0) return false;
  jpeg_create_compress(&writer.info);
  jpeg_mem_dest(&writer.info, &writer.bytes, &writer.size);
  writer.info.image_width = static_cast<JDIMENSION>(image.width);
  writer.info.image_height = static_cast<JDIMENSION>(image.height);
  writer.info.input_components = 3;
  writer.info.in_color_space = JCS_RGB;
  jpeg_set_defaults(&writer.info);
  jpeg_set_quality(&writer.info, quality, TRUE);
  jpeg_start_compress(&writer.info, TRUE);
  while (writer.info.next_scanline < writer.info.image_height) {
    // libjpeg takes no pointer to const; it only reads.
    auto* row = const_cast<JSAMPROW>(image.at(0, static_cast<int>(writer.info.next_scanline)));
    jpeg_write_scanlines(&writer.info, &row, 1);
  }
  jpeg_finish_compress(&writer.info);
  return true;
}

}  // namespace

Decoded decode_jpeg(const Encoded& file) {
  JpegParts parts = walk_jpeg(file.bytes);
  if (!parts.whole) does_not_decode(file, ends_early);
  JpegReader reader;
  const auto fail = [&] {
    does_not_decode(file, "its pixels are damaged, or of an unknown kind (" + std::string(reader.errors.why) + ")");
  };
  if (!read_jpeg_header(reader, reinterpret_cast<const unsigned char*>(file.bytes.data()), file.bytes.size())) fail();
  require_size(file, reader.info.image_width, reader.info.image_height);
  if (is_too_short_jpeg(reader, file)) does_not_decode(file, ends_early);
  const int components = reader.info.num_components;
  const Inks inks = components == 1 ? Inks::grey : components == 4 ? Inks::cmyk : Inks::rgb;
  reader.info.out_color_space = inks == Inks::grey ? JCS_GRAYSCALE : inks == Inks::cmyk ? JCS_CMYK : JCS_RGB;
  reader.info.dct_method = JDCT_ISLOW;
  Decoded decoded = decoded_of(file, inks, false);
  const std::size_t stride = decoded.samples.size() / static_cast<std::size_t>(decoded.height);
  if (!read_jpeg_rows(reader, decoded.samples.data(), stride)) fail();
  decoded.inverted = inks == Inks::cmyk;
  decoded.orientation = exif_orientation(parts.exif);
  decoded.profile = std::move(parts.profile);
  return decoded;
}

std::vector<std::uint8_t> encode_jpeg(const Image& image, int quality) {
  JpegWriter writer;
  if (!write_jpeg(writer, image, quality)) {
    throw Error(ErrorKind::internal, "encoding " + std::to_string(image.width) + "x" + std::to_string(image.height) +
                                         " px as JPEG failed: " + writer.errors.why);
  }
  return {writer.bytes, writer.bytes + writer.size};
}

}  // namespace fovea

// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include <jpeglib.h>

#include "support/pictures/formats.h"

namespace fovea::test::pictures {
namespace {

struct JpegKind {
  int components = 3;
  int sampling = 1;  ///< of the first component
  bool progressive = false;
  bool arithmetic = false;
  int restart = 0;
};

void add_marker(jpeg_compress_struct& info, int marker, std::string_view head, const Data& content) {
  Data data(head.begin(), head.end());
  data.insert(data.end(), content.begin(), content.end());
  jpeg_write_marker(&info, marker, data.data(), static_cast<unsigned>(data.size()));
}

Data jpeg_file(const JpegKind& kind, int columns, int rows, const Sampler& sample, const Data& profile = {},
               int orientation = 1) {
  jpeg_compress_struct info{};
  jpeg_error_mgr errors{};
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &bytes, &size);
  info.image_width = static_cast<JDIMENSION>(columns);
  info.image_height = static_cast<JDIMENSION>(rows);
  info.input_components = kind.components;
  info.in_color_space = kind.components == 1 ? JCS_GRAYSCALE : kind.components == 3 ? JCS_RGB : JCS_CMYK;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, 95, TRUE);
  if (kind.components == 4) jpeg_set_colorspace(&info, kind.sampling > 1 ? JCS_YCCK : JCS_CMYK);
  info.comp_info[0].h_samp_factor = kind.sampling;
  info.comp_info[0].v_samp_factor = kind.sampling > 1 ? 2 : 1;
  if (kind.components == 4) info.comp_info[3].h_samp_factor = info.comp_info[0].h_samp_factor;
  if (kind.components == 4) info.comp_info[3].v_samp_factor = info.comp_info[0].v_samp_factor;
  info.arith_code = kind.arithmetic ? TRUE : FALSE;
  info.restart_interval = static_cast<unsigned>(kind.restart);
  if (kind.progressive) jpeg_simple_progression(&info);
  jpeg_start_compress(&info, TRUE);
  constexpr std::string_view exif_head("Exif\0\0", 6);
  constexpr std::string_view profile_head("ICC_PROFILE\0\1\1", 14);
  if (orientation != 1) add_marker(info, JPEG_APP0 + 1, exif_head, exif_of(orientation));
  if (!profile.empty()) add_marker(info, JPEG_APP0 + 2, profile_head, profile);
  for (int y = 0; y < rows; ++y) {
    Data row;
    for (int i = 0; i < columns * kind.components; ++i) {
      row.push_back(static_cast<std::uint8_t>(sample(i / kind.components, y, i % kind.components)));
    }
    JSAMPROW pointer = row.data();
    jpeg_write_scanlines(&info, &pointer, 1);
  }
  jpeg_finish_compress(&info);
  Data file(bytes, bytes + size);
  jpeg_destroy_compress(&info);
  std::free(bytes);
  return file;
}

}  // namespace

std::vector<PictureFile> jpeg_files() {
  const std::pair<const char*, JpegKind> kinds[] = {{"grey", {.components = 1}},
                                                    {"4:4:4", {}},
                                                    {"4:2:0", {.sampling = 2}},
                                                    {"progressive", {.sampling = 2, .progressive = true}},
                                                    {"arithmetic", {.sampling = 2, .arithmetic = true}},
                                                    {"restarts", {.restart = 1}},
                                                    {"CMYK", {.components = 4}},
                                                    {"YCCK", {.components = 4, .sampling = 2}}};
  std::vector<PictureFile> files;
  for (const auto& [name, kind] : kinds) {
    files.push_back({std::string("jpeg ") + name, jpeg_file(kind, width, height, samples_of(8)), {}});
    files.push_back({std::string("jpeg larger ") + name, jpeg_file(kind, 41, 35, samples_of(8)), {}});
  }
  return files;
}

Data jpeg_with(const Image& image, const Data& profile, int orientation) {
  return jpeg_file({}, image.width, image.height, sampler_of(image), profile, orientation);
}

Data jpeg_of_ink(const std::array<std::uint8_t, 4>& stored, const Data& profile) {
  const Sampler sample = [stored](int, int, int c) -> std::uint32_t { return stored[static_cast<std::size_t>(c)]; };
  return jpeg_file({.components = 4}, width, height, sample, profile);
}

}  // namespace fovea::test::pictures

// SPDX-License-Identifier: Apache-2.0
#include "support/picture_files.h"

#include "support/pictures/formats.h"

namespace fovea::test {

std::vector<std::uint8_t> exif_of(int orientation) {
  return {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, static_cast<std::uint8_t>(orientation),
          0,   0,   0, 0,  0, 0};
}

std::vector<PictureFile> picture_files(const std::string& format) {
  if (format == "jpeg") return pictures::jpeg_files();
  if (format == "png") return pictures::png_files();
  if (format == "webp") return pictures::webp_files();
  if (format == "tiff") return pictures::tiff_files();
  if (format == "gif") return pictures::gif_files();
  return pictures::bmp_files();
}

std::vector<std::uint8_t> file_with(const std::string& format, const Image& image,
                                    const std::vector<std::uint8_t>& profile, int orientation) {
  if (format == "jpeg") return pictures::jpeg_with(image, profile, orientation);
  if (format == "png") return pictures::png_with(image, profile, orientation);
  if (format == "tiff") return pictures::tiff_with(image, profile, orientation);
  if (format == "webp") return pictures::webp_with(image, profile, orientation);
  return pictures::bmp_with(image, profile);
}

std::vector<std::uint8_t> moving_gif(int frames) { return pictures::moving_gif(frames); }

std::vector<std::uint8_t> moving_webp(int frames) { return pictures::moving_webp(frames); }

std::vector<std::uint8_t> striped_gif(int columns, const std::vector<GifStripe>& stripes) {
  return pictures::striped_gif(columns, stripes);
}

std::vector<std::uint8_t> cmyk_file(const std::string& format, const std::array<std::uint8_t, 4>& stored,
                                    const std::vector<std::uint8_t>& profile) {
  return format == "jpeg" ? pictures::jpeg_of_ink(stored, profile) : pictures::tiff_of_ink(stored, profile);
}

}  // namespace fovea::test

// The small picture files of every format; tests ask for them by the format's name (support/picture_files).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "support/picture_files.h"
#include "support/pictures/samples.h"

namespace fovea::test::pictures {

std::vector<PictureFile> jpeg_files();
std::vector<PictureFile> png_files();
std::vector<PictureFile> webp_files();
std::vector<PictureFile> tiff_files();
std::vector<PictureFile> gif_files();
std::vector<PictureFile> bmp_files();

/// Files with an ICC profile and Exif's orientation; a BMP has none.
Data jpeg_with(const Image& image, const Data& profile, int orientation);
Data png_with(const Image& image, const Data& profile, int orientation);
Data webp_with(const Image& image, const Data& profile, int orientation);
Data tiff_with(const Image& image, const Data& profile, int orientation);
Data bmp_with(const Image& image, const Data& profile);

/// Files of one ink (stored values).
Data jpeg_of_ink(const std::array<std::uint8_t, 4>& stored, const Data& profile);
Data tiff_of_ink(const std::array<std::uint8_t, 4>& stored, const Data& profile);

Data moving_gif(int frames);
Data moving_webp(int frames);
Data striped_gif(int columns, const std::vector<GifStripe>& stripes);

}  // namespace fovea::test::pictures

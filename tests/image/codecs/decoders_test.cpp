// Decoders of all formats: files of every kind (tests/support/picture_files) must show what they say, photographs what
// OpenCV makes of them, and what is cut off or lies must be refused.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <filesystem>
#include <set>

#include <lcms2.h>
#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>
#include <zlib.h>

#include <fovea/image.h>

#include "core/atomic_file.h"
#include "image/codecs/jpeg.h"
#include "image/codecs/png.h"
#include "image/codecs/webp.h"

#include "support/failure.h"
#include "support/picture_files.h"
#include "support/shared_data.h"

namespace fovea {
namespace {

using Data = std::vector<std::uint8_t>;

constexpr std::array formats{"jpeg", "png", "webp", "tiff", "gif", "bmp"};

std::string decoding_failure(const Data& bytes) {
  return test::failure_of([&] { decode_image(bytes, "file"); });
}

/// What OpenCV makes of a file, in 8-bit RGB without alpha; no pixels where it fails.
Image by_opencv(const Data& bytes) {
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  const cv::Mat bgr = cv::imdecode(bytes, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
  Image image = make_image(bgr.cols, bgr.rows);
  for (int y = 0; y < bgr.rows; ++y) {
    for (int x = 0; x < bgr.cols; ++x) {
      for (int c = 0; c < 3; ++c) image.at(x, y)[c] = bgr.at<cv::Vec3b>(y, x)[2 - c];
    }
  }
  return image;
}

/// The first place where two pictures differ; empty: nowhere.
std::string difference(const Image& found, const Image& expected) {
  if (found.width != expected.width || found.height != expected.height) {
    return std::to_string(found.width) + "x" + std::to_string(found.height) + " px";
  }
  for (int y = 0; y < found.height; ++y) {
    for (int x = 0; x < found.width; ++x) {
      for (int c = 0; c < 3; ++c) {
        if (found.at(x, y)[c] == expected.at(x, y)[c]) continue;
        return "at " + std::to_string(x) + "," + std::to_string(y) + " channel " + std::to_string(c) + ": " +
               std::to_string(found.at(x, y)[c]) + ", expected " + std::to_string(expected.at(x, y)[c]);
      }
    }
  }
  return {};
}

TEST(decoders, show_exactly_what_files_of_every_kind_say) {
  std::size_t files = 0;
  for (const char* format : formats) {
    for (const test::PictureFile& file : test::picture_files(format)) {
      try {
        const Image image = decode_image(file.bytes, file.name);
        if (file.expected.width == 0) continue;
        EXPECT_EQ(difference(image, file.expected), "") << file.name;
        ++files;
      } catch (const Error& error) {
        ADD_FAILURE() << error.what();
      }
    }
  }
  EXPECT_GT(files, 150U);
}

// OpenCV drops alpha here, does not know CMYK of 16 bits, reads no 2 and 4 bits of TIFF, and of
// BMP's 5 bits makes at most 248: those are left out.
TEST(decoders, agree_with_opencv_on_files_of_every_kind) {
  std::size_t files = 0;
  for (const char* format : {"jpeg", "png", "webp", "tiff", "bmp"}) {
    for (const test::PictureFile& file : test::picture_files(format)) {
      const bool apart =
          test::holds(file.name, "alpha") || test::holds(file.name, "RGBA") || test::holds(file.name, "transparent") ||
          test::holds(file.name, "16 bits") || test::holds(file.name, "tiff L*a*b*") ||
          test::holds(file.name, "with chunks") ||
          (test::holds(file.name, "tiff") && (test::holds(file.name, " 2 b") || test::holds(file.name, " 4 b")));
      if (apart) continue;
      const Image theirs = by_opencv(file.bytes);
      if (theirs.width == 0) continue;
      EXPECT_EQ(difference(decode_image(file.bytes, file.name), theirs), "") << file.name;
      ++files;
    }
  }
  EXPECT_GT(files, 80U);
}

TEST(decoders, agree_with_opencv_on_photographs) {
  FOVEA_NEEDS_SHARED("images");
  const std::filesystem::path folder = test::shared_data("images");
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::set<std::filesystem::path> endings{".jpg", ".png"};
    if (!endings.contains(entry.path().extension())) continue;
    const std::vector<std::byte> bytes = read_whole(entry.path(), 1 << 28);
    const auto* begin = reinterpret_cast<const std::uint8_t*>(bytes.data());
    EXPECT_EQ(difference(read_image(entry.path()), by_opencv({begin, begin + bytes.size()})), "") << entry.path();
    ++files;
  }
  EXPECT_GT(files, 0U);
}

TEST(decoders, encode_the_bytes_that_opencv_encodes) {
  Image image = make_image(61, 37);
  cv::Mat bgr(37, 61, CV_8UC3);
  for (int y = 0; y < 37; ++y) {
    for (int x = 0; x < 61; ++x) {
      const Colour colour{static_cast<std::uint8_t>(x * 4), static_cast<std::uint8_t>(y * 6),
                          static_cast<std::uint8_t>(x * y)};
      std::copy(colour.begin(), colour.end(), image.at(x, y));
      bgr.at<cv::Vec3b>(y, x) = cv::Vec3b(colour[2], colour[1], colour[0]);
    }
  }
  Data theirs;
  for (const int quality : {50, 95}) {
    cv::imencode(".jpg", bgr, theirs, {cv::IMWRITE_JPEG_QUALITY, quality});
    EXPECT_EQ(encode_jpeg(image, quality), theirs) << quality;
  }
  cv::imencode(".webp", bgr, theirs, {cv::IMWRITE_WEBP_QUALITY, 95});
  EXPECT_EQ(encode_webp(image, 95), theirs);
  EXPECT_EQ(difference(decode_image(encode_png(image), "png"), image), "");
}

// One byte less than the whole is refused as well; a few bytes of padding behind the pixels may be missing.
TEST(decoders, refuse_every_cut) {
  for (const char* format : formats) {
    std::size_t kinds = 0;
    for (const test::PictureFile& file : test::picture_files(format)) {
      if (file.bytes.size() > 1500 || (format == std::string_view("tiff") && ++kinds % 4 != 0)) continue;
      for (std::size_t size = 0; size < file.bytes.size(); ++size) {
        const Data cut(file.bytes.begin(), file.bytes.begin() + static_cast<std::ptrdiff_t>(size));
        const std::string failure = decoding_failure(cut);
        if (failure.empty() && difference(decode_image(cut, "cut"), decode_image(file.bytes, "whole")).empty()) {
          EXPECT_GE(size + 8, file.bytes.size()) << file.name;
          continue;
        }
        EXPECT_TRUE(test::holds(failure, "format: ") || size == 0)
            << file.name << " cut to " << size << ": " << failure;
      }
    }
  }
}

/// A 4x2 picture of which every pixel is another.
Image corners() {
  Image image = make_image(13, 7);
  for (int y = 0; y < 7; ++y) {
    for (int x = 0; x < 13; ++x) {
      const Colour colour{static_cast<std::uint8_t>(x * 19), static_cast<std::uint8_t>(y * 40), 100};
      std::copy(colour.begin(), colour.end(), image.at(x, y));
    }
  }
  return image;
}

TEST(decoders, follow_all_orientations) {
  const Image image = corners();
  for (const char* format : {"jpeg", "png", "webp", "tiff"}) {
    const Image plain = decode_image(test::file_with(format, image, {}, 1), format);
    for (int orientation = 1; orientation <= 8; ++orientation) {
      const Image turned = decode_image(test::file_with(format, image, {}, orientation), format);
      const bool swapped = orientation >= 5;
      ASSERT_EQ(turned.width, swapped ? 7 : 13) << format << orientation;
      // By Exif 2.3, tag 274: where row 0 and column 0 of the stored picture are seen.
      const bool row_at_end = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
      const bool column_at_end = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
      for (int y = 0; y < 7; ++y) {
        for (int x = 0; x < 13; ++x) {
          const int row = row_at_end ? 6 - y : y;
          const int column = column_at_end ? 12 - x : x;
          const std::uint8_t* seen = swapped ? turned.at(row, column) : turned.at(column, row);
          for (int c = 0; c < 3; ++c) ASSERT_EQ(seen[c], plain.at(x, y)[c]) << format << " " << orientation;
        }
      }
    }
  }
}

// --- profiles ---

Data profile_bytes(cmsHPROFILE profile) {
  cmsUInt32Number size = 0;
  cmsSaveProfileToMem(profile, nullptr, &size);
  Data bytes(size);
  cmsSaveProfileToMem(profile, bytes.data(), &size);
  cmsCloseProfile(profile);
  return bytes;
}

Data rgb_profile(const cmsCIExyYTRIPLE& primaries, cmsToneCurve* curve) {
  const cmsCIExyY white{0.3127, 0.3290, 1};
  cmsToneCurve* curves[] = {curve, curve, curve};
  const cmsHPROFILE profile = cmsCreateRGBProfile(&white, &primaries, curves);
  cmsFreeToneCurve(curve);
  return profile_bytes(profile);
}

/// A profile of three primaries and a gamma.
Data rgb_profile(const cmsCIExyYTRIPLE& primaries, double gamma) {
  return rgb_profile(primaries, cmsBuildGamma(nullptr, gamma));
}

constexpr cmsCIExyYTRIPLE srgb_primaries{{0.64, 0.33, 1}, {0.30, 0.60, 1}, {0.15, 0.06, 1}};
constexpr cmsCIExyYTRIPLE adobe_primaries{{0.64, 0.33, 1}, {0.21, 0.71, 1}, {0.15, 0.06, 1}};
constexpr cmsCIExyYTRIPLE swapped_primaries{{0.30, 0.60, 1}, {0.64, 0.33, 1}, {0.15, 0.06, 1}};

/// sRGB of Adobe RGB (1998), whose primaries differ in green and whose gamma is 563/256: by the matrix of IEC
/// 61966-2-1.
double srgb_of_adobe(std::array<double, 3> colour, int channel) {
  for (double& c : colour) c = std::pow(c / 255, 563.0 / 256);
  // Adobe RGB to XYZ (its specification, 4.3.5.3), then XYZ to sRGB.
  const double x = 0.57667 * colour[0] + 0.18556 * colour[1] + 0.18823 * colour[2];
  const double y = 0.29734 * colour[0] + 0.62736 * colour[1] + 0.07529 * colour[2];
  const double z = 0.02703 * colour[0] + 0.07069 * colour[1] + 0.99134 * colour[2];
  const double linear[] = {3.2406 * x - 1.5372 * y - 0.4986 * z, -0.9689 * x + 1.8758 * y + 0.0415 * z,
                           0.0557 * x - 0.2040 * y + 1.0570 * z};
  const double light = std::clamp(linear[channel], 0.0, 1.0);
  return 255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * std::pow(light, 1 / 2.4) - 0.055);
}

TEST(decoders, profiles_become_srgb) {
  const Data adobe = rgb_profile(adobe_primaries, 563.0 / 256);
  const Image image = corners();
  for (const char* format : {"png", "tiff", "webp", "bmp"}) {
    const Image seen = decode_image(test::file_with(format, image, adobe, 1), format);
    for (int y = 0; y < 7; ++y) {
      for (int x = 0; x < 13; ++x) {
        const std::uint8_t* stored = image.at(x, y);
        for (int c = 0; c < 3; ++c) {
          ASSERT_NEAR(
              seen.at(x, y)[c],
              srgb_of_adobe(
                  {static_cast<double>(stored[0]), static_cast<double>(stored[1]), static_cast<double>(stored[2])}, c),
              2)
              << format << " at " << x << "," << y;
        }
      }
    }
  }
}

TEST(decoders, a_profile_with_two_channels_swapped_swaps_them) {
  const Data swapped = rgb_profile(swapped_primaries, 2.2);
  const Image red = make_image(16, 16, {255, 0, 0});
  for (const char* format : {"jpeg", "png", "tiff", "webp", "bmp"}) {
    const Image seen = decode_image(test::file_with(format, red, swapped, 1), format);
    EXPECT_NEAR(seen.at(5, 3)[0], 0, 4) << format;
    EXPECT_NEAR(seen.at(5, 3)[1], 255, 4) << format;
  }
}

TEST(decoders, srgb_broken_and_foreign_profiles_change_nothing) {
  const Image image = corners();
  Data broken = rgb_profile(adobe_primaries, 2.2);
  std::fill(broken.begin() + 140, broken.begin() + 260, std::uint8_t{0xff});
  cmsToneCurve* curve = cmsBuildGamma(nullptr, 1);
  const Data grey = profile_bytes(cmsCreateGrayProfile(cmsD50_xyY(), curve));
  cmsFreeToneCurve(curve);
  // sRGB as somebody wrote it down: its curve is off by at most 0.8 of a level.
  const double rounded[] = {2.42, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045};
  const Data nearly = rgb_profile(srgb_primaries, cmsBuildParametricToneCurve(nullptr, 4, rounded));
  const Data profiles[] = {profile_bytes(cmsCreate_sRGBProfile()), nearly, broken, grey, Data(300, 1), Data(3, 0)};
  for (const char* format : formats) {
    if (format == std::string_view("gif")) continue;
    const Image plain = decode_image(test::file_with(format, image, {}, 1), format);
    for (const Data& profile : profiles) {
      const Image seen = decode_image(test::file_with(format, image, profile, 1), format);
      EXPECT_EQ(difference(seen, plain), "") << format << ", a profile of " << profile.size() << " bytes";
    }
  }
}

TEST(decoders, a_profile_of_another_gamma_only_is_followed) {
  const Data dark = rgb_profile(srgb_primaries, 1.0);
  const Image seen = decode_image(test::file_with("png", make_image(13, 7, {55, 55, 55}), dark, 1), "png");
  // 55/255 of the light is sRGB's level 128.
  EXPECT_NEAR(seen.at(0, 0)[0], 128, 1);
}

/// CMYK whose light is the product of what its inks leave, in a table, as printers' profiles have it.
Data cmyk_profile() {
  const cmsHPROFILE profile = cmsCreateProfilePlaceholder(nullptr);
  cmsSetProfileVersion(profile, 2.4);
  cmsSetDeviceClass(profile, cmsSigOutputClass);
  cmsSetColorSpace(profile, cmsSigCmykData);
  cmsSetPCS(profile, cmsSigLabData);
  cmsPipeline* pipeline = cmsPipelineAlloc(nullptr, 4, 3);
  cmsStage* table = cmsStageAllocCLut16bit(nullptr, 9, 4, 3, nullptr);
  const auto sample = [](const cmsUInt16Number in[], cmsUInt16Number out[], void*) -> cmsInt32Number {
    // Black alone is as in sRGB; cyan is read as yellow, so that following the profile shows.
    const double left = (1 - in[0] / 65535.0) * (1 - in[3] / 65535.0);
    const cmsCIELab lab{100 * left, 0, 0};
    cmsFloat2LabEncodedV2(out, &lab);
    return 1;
  };
  cmsStageSampleCLut16bit(table, sample, nullptr, 0);
  cmsPipelineInsertStage(pipeline, cmsAT_END, table);
  cmsWriteTag(profile, cmsSigAToB0Tag, pipeline);
  cmsPipelineFree(pipeline);
  return profile_bytes(profile);
}

TEST(decoders, inks_follow_their_profile_or_the_formula) {
  // Half cyan: by the formula red alone is less; by this profile, which makes cyan grey, L* is 50, sRGB's level 119.
  const Data profile = cmyk_profile();
  const std::array<std::uint8_t, 4> in_jpeg{128, 255, 255, 255};  // the other way round, as Adobe has it
  const std::array<std::uint8_t, 4> in_tiff{127, 0, 0, 0};
  for (const auto& [format, stored] : {std::pair{"jpeg", in_jpeg}, {"tiff", in_tiff}}) {
    const Image plain = decode_image(test::cmyk_file(format, stored, {}), format);
    EXPECT_NEAR(plain.at(3, 3)[0], 128, 2) << format;
    EXPECT_NEAR(plain.at(3, 3)[1], 255, 2) << format;
    const Image seen = decode_image(test::cmyk_file(format, stored, profile), format);
    for (int c = 0; c < 3; ++c) EXPECT_NEAR(seen.at(3, 3)[c], 119, 3) << format;
  }
}

// --- lies ---

/// Makes a PNG's chunk right again after its content was changed.
void mend_checksum(Data& png, std::size_t chunk, std::size_t length) {
  const auto crc = crc32(0, png.data() + chunk + 4, static_cast<uInt>(length + 4));
  for (std::size_t i = 0; i < 4; ++i) png[chunk + 8 + length + i] = static_cast<std::uint8_t>(crc >> (24 - 8 * i));
}

TEST(decoders, refuse_headers_that_claim_more_than_there_is) {
  const Image image = corners();
  Data png = test::file_with("png", image, {}, 1);
  for (const std::size_t at : {16u, 20u}) {  // 16640 x 16640 px
    png[at + 2] = 65;
    png[at + 3] = 0;
  }
  mend_checksum(png, 8, 13);
  EXPECT_TRUE(test::holds(decoding_failure(png), "format: file does not decode as PNG: it ends early"));
  Data jpeg = test::file_with("jpeg", image, {}, 1);
  for (std::size_t i = 0; i + 8 < jpeg.size(); ++i) {
    if (jpeg[i] == 0xff && jpeg[i + 1] == 0xc0) jpeg[i + 5] = jpeg[i + 7] = 65;
  }
  EXPECT_TRUE(test::holds(decoding_failure(jpeg), "format: file does not decode as JPEG: it ends early"));
  Data bmp = test::picture_files("bmp").front().bytes;
  bmp[19] = bmp[23] = 40;
  EXPECT_TRUE(test::holds(decoding_failure(bmp), "format: file does not decode as BMP: it ends early"));
}

// Formats that may leave pixels out are no way to 1.2 GB of white by a hundred bytes.
TEST(decoders, refuse_much_of_nothing) {
  Data gif = test::picture_files("gif").front().bytes;
  gif[7] = gif[9] = 65;  // a screen of 16653 x 16647 px
  EXPECT_TRUE(test::holds(decoding_failure(gif), "format: file does not decode as GIF: it claims far more pixels"));
  Data bmp = test::picture_files("bmp").back().bytes;  // runs
  bmp[19] = bmp[23] = 65;
  EXPECT_TRUE(test::holds(decoding_failure(bmp), "format: file does not decode as BMP: it claims far more pixels"));
}

TEST(decoders, refuse_a_jpeg_with_thousands_of_scans) {
  const Image image = corners();
  Data jpeg;
  for (const test::PictureFile& file : test::picture_files("jpeg")) {
    if (file.name == "jpeg larger progressive") jpeg = file.bytes;
  }
  // The last scan, again and again.
  std::size_t scan = 0;
  for (std::size_t i = 0; i + 1 < jpeg.size(); ++i) {
    if (jpeg[i] == 0xff && jpeg[i + 1] == 0xda) scan = i;
  }
  const Data last(jpeg.begin() + static_cast<std::ptrdiff_t>(scan), jpeg.end() - 2);
  const Data end{0xff, 0xd9};
  jpeg.resize(jpeg.size() - 2);
  for (int i = 0; i < 1000; ++i) jpeg.insert(jpeg.end(), last.begin(), last.end());
  jpeg.insert(jpeg.end(), end.begin(), end.end());
  EXPECT_TRUE(test::holds(decoding_failure(jpeg), "it has more than 200 scans")) << decoding_failure(jpeg);
}

TEST(decoders, refuse_a_jpeg_whose_scan_was_emptied) {
  Data jpeg = test::file_with("jpeg", corners(), {}, 1);
  std::size_t scan = 0;
  for (std::size_t i = 0; i + 1 < jpeg.size(); ++i) {
    if (jpeg[i] == 0xff && jpeg[i + 1] == 0xda) scan = i;
  }
  jpeg.erase(jpeg.begin() + static_cast<std::ptrdiff_t>(scan) + 30, jpeg.end() - 2);
  EXPECT_TRUE(test::holds(decoding_failure(jpeg), "its pixels are damaged")) << decoding_failure(jpeg);
}

TEST(decoders, name_what_is_animated) {
  for (const Data& file : {test::moving_gif(3), test::moving_webp(3)}) {
    EXPECT_TRUE(test::holds(decoding_failure(file), "unsupported: file is animated: it holds 3 pictures where one is"))
        << decoding_failure(file);
  }
  // One picture in a file for moving ones is a picture.
  EXPECT_EQ(decode_image(test::moving_gif(1), "gif").width, 13);
  EXPECT_EQ(decode_image(test::moving_webp(1), "webp").width, 13);
}

}  // namespace
}  // namespace fovea

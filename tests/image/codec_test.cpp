// Pictures in and out of files. The small files are given in hex: made once by hand-written encoders from the formats'
// specifications (PNG, GIF, BMP, TIFF) and by libjpeg (CMYK), so that reading is not tested against our own writing.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdlib>

#include <fovea/image.h>

#include "image/dimensions.h"

#include "../support/failure.h"
#include "../support/temporary_folder.h"

namespace fovea {
namespace {

using Pixels = std::vector<std::uint8_t>;

constexpr std::string_view grey_png =
    "89504e470d0a1a0a0000000d4948445200000002000000010800000000d14920560000000b4944415478da63e03a010000df"
    "00d3d885d2ae0000000049454e44ae426082";

constexpr std::string_view grey16_png =
    "89504e470d0a1a0a0000000d494844520000000200000001100000000081d9fc150000000d4944415478da636868f8ff1f00"
    "068202ff6ce043230000000049454e44ae426082";

constexpr std::string_view grey_alpha_png =
    "89504e470d0a1a0a0000000d49484452000000020000000108040000005e2bb7010000000d4944415478da6348f99fc20000"
    "055a01c81df6f65a0000000049454e44ae426082";

constexpr std::string_view rgba_png =
    "89504e470d0a1a0a0000000d49484452000000030000000108060000001be014b4000000104944415478da63f8cfc0004460"
    "600c00152b0232343267360000000049454e44ae426082";

constexpr std::string_view rgba16_png =
    "89504e470d0a1a0a0000000d4948445200000002000000011006000000a4b2a3c9000000134944415478da63f8ff9f010820"
    "240383b1310032780463aa43ab990000000049454e44ae426082";

constexpr std::string_view palette_png =
    "89504e470d0a1a0a0000000d49484452000000030000000108030000002c3ee48600000009504c5445ff000000ff000000ff"
    "2d4acd8a0000000274524e53ff00e5b7304a0000000c4944415478da63606064020000080004081d630a0000000049454e44"
    "ae426082";

constexpr std::string_view keyed_rgb_png =
    "89504e470d0a1a0a0000000d49484452000000020000000108020000007b40e8dd0000000674524e53000a0014001ec53629"
    "ff0000000f4944415478da63e01291e3169103000186007a39bbe4130000000049454e44ae426082";

constexpr std::string_view keyed_grey2_png =
    "89504e470d0a1a0a0000000d494844520000000400000001020000000096e748b00000000274524e5300010194fdae000000"
    "0a4944415478da63900600001d001c237c8fac0000000049454e44ae426082";

constexpr std::string_view turned_png =
    "89504e470d0a1a0a0000000d49484452000000020000000108020000007b40e8dd0000001a655849664d4d002a0000000800"
    "0101120003000000010006000000000000d6674b690000000d4944415478da63f8cf0004ff01070001ff3d7d8c4900000000"
    "49454e44ae426082";

constexpr std::string_view bmp =
    "424d3e0000000000000036000000280000000200000001000000010018000000000008000000000000000000000000000000"
    "000000001e140a3c32280000";

constexpr std::string_view tiff =
    "49492a0008000000090000010300010000000200000001010300010000000100000002010300030000007a00000003010300"
    "0100000001000000060103000100000002000000110104000100000080000000150103000100000003000000160103000100"
    "000001000000170104000100000006000000000000000800080008000a141e28323c";

constexpr std::string_view tiff_rgba =
    "49492a00080000000a0000010300010000000200000001010300010000000100000002010300040000008600000003010300"
    "010000000100000006010300010000000200000011010400010000008e000000150103000100000004000000160103000100"
    "000001000000170104000100000008000000520103000100000002000000000000000800080008000800c800008000000033";

constexpr std::string_view gif =
    "47494638396104000200810000ff000000ff000000ff09090921f90401000003002c00000000040002000002048411325000"
    "3b";

constexpr std::string_view gif_interlaced =
    "47494638396101000400810000ff000000ff000000ff0909092c0000000001000400400203843205003b";

constexpr std::string_view cmyk_jpeg =
    "ffd8ffee000e41646f626500640000000000ffdb0043000302020302020303030304030304050805050404050a070706080c"
    "0a0c0c0b0a0b0b0d0e12100d0e110e0b0b1016101113141515150c0f171816141812141514ffc00014080008000804431100"
    "4d11005911004b1100ffc4001500010100000000000000000000000000000900ffc400141001000000000000000000000000"
    "00000000ffda000e0443004d0059004b00003f0054c5522a6fffd9";

constexpr std::string_view ycck_jpeg =
    "ffd8ffee000e41646f626500640000000002ffdb0043000302020302020303030304030304050805050404050a070706080c"
    "0a0c0c0b0a0b0b0d0e12100d0e110e0b0b1016101113141515150c0f171816141812141514ffdb0043010304040504050905"
    "0509140d0b0d1414141414141414141414141414141414141414141414141414141414141414141414141414141414141414"
    "141414141414ffc00014080008000804012200021101031101042200ffc40016000101010000000000000000000000000000"
    "0709ffc40014100100000000000000000000000000000000ffc4001501010100000000000000000000000000000609ffc400"
    "14110100000000000000000000000000000000ffda000e040100021103110400003f00b0000e98ed5301ffd9";

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

Image read_bytes(std::string_view bytes, int max_side = 32768) {
  const test::TemporaryFolder folder;
  return read_image(folder.write("picture", bytes), max_side);
}

Image read_hex(std::string_view hex) { return read_bytes(from_hex(hex)); }

std::string failure_of_bytes(std::string_view bytes) {
  return test::failure_of([&] { read_bytes(bytes); });
}

/// A picture with structure: a ramp in x, another in y, a constant.
Image ramps(int width, int height) {
  Image image = make_image(width, height, {0, 0, 90});
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      image.at(x, y)[0] = static_cast<std::uint8_t>(255 * x / width);
      image.at(x, y)[1] = static_cast<std::uint8_t>(255 * y / height);
    }
  }
  return image;
}

std::string encoded(const Image& image, std::string_view extension) {
  const std::vector<std::uint8_t> bytes = encode_image(image, extension);
  return {bytes.begin(), bytes.end()};
}

/// Puts an Exif block with one orientation behind a JPEG's start.
std::string with_orientation(const std::string& jpeg, int orientation) {
  std::string block = from_hex("ffe10022") + std::string("Exif\0\0", 6) +
                      from_hex(
                          "4d4d002a0000000800010112000300000001000000000000"
                          "0000");
  block[4 + 6 + 8 + 2 + 9] = static_cast<char>(orientation);
  return jpeg.substr(0, 2) + block + jpeg.substr(2);
}

TEST(codec, grey_becomes_rgb) { EXPECT_EQ(read_hex(grey_png).rgb, (Pixels{10, 10, 10, 200, 200, 200})); }

TEST(codec, sixteen_bits_become_eight) {
  EXPECT_EQ(read_hex(grey16_png).rgb, (Pixels{128, 128, 128, 255, 255, 255}));  // 0x8080 / 257 = 128
}

TEST(codec, transparency_is_laid_over_white) {
  EXPECT_EQ(read_hex(grey_alpha_png).rgb, (Pixels{100, 100, 100, 255, 255, 255}));
  // Black at alpha 51/255 = 0.2 is 0.8 white: 204.
  EXPECT_EQ(read_hex(rgba_png).rgb, (Pixels{255, 0, 0, 255, 255, 255, 204, 204, 204}));
  EXPECT_EQ(read_hex(rgba16_png).rgb, (Pixels{255, 0, 0, 204, 204, 204}));
}

TEST(codec, palette_with_transparency) {
  EXPECT_EQ(read_hex(palette_png).rgb, (Pixels{255, 0, 0, 255, 255, 255, 0, 0, 255}));
}

TEST(codec, transparent_colour_of_png_without_alpha) {
  EXPECT_EQ(read_hex(keyed_rgb_png).rgb, (Pixels{255, 255, 255, 11, 20, 30}));
  // Two-bit samples 0 1 2 3 are 0 85 170 255; sample 1 is transparent.
  EXPECT_EQ(read_hex(keyed_grey2_png).rgb, (Pixels{0, 0, 0, 255, 255, 255, 170, 170, 170, 255, 255, 255}));
}

TEST(codec, bmp_and_tiff) {
  EXPECT_EQ(read_hex(bmp).rgb, (Pixels{10, 20, 30, 40, 50, 60}));
  EXPECT_EQ(read_hex(tiff).rgb, (Pixels{10, 20, 30, 40, 50, 60}));
  // 200 * 128/255 + 127 = 227: alpha is applied once, though libtiff multiplies already.
  EXPECT_EQ(read_hex(tiff_rgba).rgb, (Pixels{227, 127, 127, 204, 204, 204}));
}

TEST(codec, gif_first_picture) {
  const Image image = read_hex(gif);
  EXPECT_EQ(image.width, 4);
  EXPECT_EQ(image.rgb,
            (Pixels{255, 0,   0, 255, 0, 0,   255, 0,   0,   255, 0, 0,     //
                    0,   255, 0, 0,   0, 255, 255, 255, 255, 255, 0, 0}));  // the last but one is transparent
  EXPECT_EQ(read_hex(gif_interlaced).rgb, (Pixels{255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9}));
}

TEST(codec, cmyk_jpeg_follows_adobes_inversion) {
  for (const std::string_view file : {cmyk_jpeg, ycck_jpeg}) {
    const Image image = read_hex(file);
    ASSERT_EQ(image.width, 8);
    // No cyan, full magenta, half yellow, no black: red 255, green 0, blue 127.
    EXPECT_NEAR(image.rgb[0], 255, 2);
    EXPECT_NEAR(image.rgb[1], 0, 2);
    EXPECT_NEAR(image.rgb[2], 127, 3);
  }
}

TEST(codec, camera_orientation_is_followed) {
  Image corner = make_image(32, 16, {255, 255, 255});
  for (int y = 0; y < 8; ++y) {
    for (int x = 0; x < 8; ++x) std::fill_n(corner.at(x, y), 3, std::uint8_t{0});
  }
  const std::string jpeg = encoded(corner, ".jpg");
  // Where the dark top left corner must come to lie (right, bottom), by Exif's table.
  const struct {
    int orientation;
    bool turned, right, bottom;
  } cases[] = {{1, false, false, false}, {2, false, true, false}, {3, false, true, true}, {4, false, false, true},
               {5, true, false, false},  {6, true, true, false},  {7, true, true, true},  {8, true, false, true}};
  for (const auto& c : cases) {
    const Image image = read_bytes(with_orientation(jpeg, c.orientation));
    EXPECT_EQ(image.width, c.turned ? 16 : 32) << c.orientation;
    for (const bool right : {false, true}) {
      for (const bool bottom : {false, true}) {
        const int level = *image.at(right ? image.width - 4 : 3, bottom ? image.height - 4 : 3);
        EXPECT_EQ(level < 128, right == c.right && bottom == c.bottom) << c.orientation << right << bottom;
      }
    }
  }
  const Image turned = read_hex(turned_png);
  EXPECT_EQ(turned.width, 1);
  EXPECT_EQ(turned.rgb, (Pixels{255, 0, 0, 0, 0, 255}));
}

TEST(codec, png_comes_back_exactly_and_lossy_ones_nearly) {
  const Image image = ramps(40, 24);
  const test::TemporaryFolder folder;
  for (const char* name : {"a.png", "a.jpg", "a.JPEG", "a.webp"}) {
    write_image(folder.path() / name, image);
    const Image back = read_image(folder.path() / name);
    ASSERT_EQ(back.width, 40);
    ASSERT_EQ(back.height, 24);
    const int tolerance = std::string_view(name) == "a.png" ? 0 : 16;
    for (std::size_t i = 0; i < back.rgb.size(); ++i) ASSERT_NEAR(back.rgb[i], image.rgb[i], tolerance) << name << i;
  }
  EXPECT_EQ(folder.count(), 4) << "temporaries were left";
}

TEST(codec, every_cut_is_an_error) {
  const Image image = ramps(64, 48);
  const std::vector<std::string> files{encoded(image, ".png"), encoded(image, ".jpg"), encoded(image, ".webp"),
                                       from_hex(bmp),          from_hex(gif),          from_hex(cmyk_jpeg)};
  for (std::size_t f = 0; f < files.size(); ++f) {
    const std::string& file = files[f];
    const std::size_t step = std::max<std::size_t>(1, file.size() / 50);
    for (std::size_t size = 1; size + 2 < file.size(); size += step) {
      const std::string failure = failure_of_bytes(file.substr(0, size));
      EXPECT_TRUE(test::holds(failure, "format: ")) << "file " << f << " cut to " << size << ": " << failure;
    }
  }
}

TEST(codec, damaged_png_chunk_is_an_error) {
  std::string file = encoded(ramps(64, 48), ".png");
  file[file.size() / 2] = static_cast<char>(file[file.size() / 2] ^ 1);
  EXPECT_TRUE(test::holds(failure_of_bytes(file), "checksum is wrong"));
}

TEST(codec, trailing_bytes_do_no_harm) {
  EXPECT_EQ(read_bytes(encoded(ramps(8, 8), ".jpg") + std::string(100, '\0')).width, 8);
  EXPECT_EQ(read_bytes(encoded(ramps(8, 8), ".png") + "motion video").width, 8);
}

TEST(codec, missing_empty_and_other_files) {
  const test::TemporaryFolder folder;
  EXPECT_TRUE(test::holds(test::failure_of([&] { read_image(folder.path() / "none.png"); }), "file: cannot read"));
  EXPECT_TRUE(test::holds(test::failure_of([&] { read_image(folder.path()); }), "file: cannot read"));
  EXPECT_TRUE(test::holds(failure_of_bytes(""), "file: "));
  EXPECT_TRUE(test::holds(failure_of_bytes("hello, I am a text"), "format: "));
}

TEST(codec, size_limits_are_read_from_the_header) {
  const std::string failure = test::failure_of([] { read_bytes(encoded(ramps(64, 48), ".png"), 63); });
  EXPECT_TRUE(test::holds(failure, "resource: ")) << failure;
  EXPECT_TRUE(test::holds(failure, "is 64x48 px; a side may have at most 63")) << failure;
  // A header that claims 30000 x 30000 px is refused for its pixels, though both sides are allowed.
  std::string bomb = from_hex(grey_png);
  for (const std::size_t at : {16u, 20u}) bomb.replace(at, 4, from_hex("00007530"));
  EXPECT_TRUE(test::holds(failure_of_bytes(bomb), "over the limit of 400 megapixels"));
  std::string nothing = from_hex(grey_png);
  nothing.replace(16, 4, std::string(4, '\0'));
  EXPECT_TRUE(test::holds(failure_of_bytes(nothing), "it has no pixels"));
}

TEST(codec, dimensions_of_every_format) {
  const auto size = [](const std::string& file) {
    const auto bytes = std::as_bytes(std::span(file));
    const auto format = picture_format(bytes);
    const Dimensions found = picture_dimensions(bytes, format.value()).value();
    return std::string(name(*format)) + " " + std::to_string(found.width) + "x" + std::to_string(found.height);
  };
  EXPECT_EQ(size(encoded(ramps(33, 7), ".png")), "PNG 33x7");
  EXPECT_EQ(size(encoded(ramps(33, 7), ".jpg")), "JPEG 33x7");
  EXPECT_EQ(size(encoded(ramps(33, 7), ".webp")), "WebP 33x7");
  EXPECT_EQ(size(from_hex(bmp)), "BMP 2x1");
  EXPECT_EQ(size(from_hex(gif)), "GIF 4x2");
  EXPECT_EQ(size(from_hex(tiff)), "TIFF 2x1");
}

TEST(codec, writing_refuses_what_it_cannot_do) {
  const test::TemporaryFolder folder;
  const Image image = ramps(4, 4);
  EXPECT_TRUE(test::holds(test::failure_of([&] { write_image(folder.path() / "a.xyz", image); }), "usage: "));
  EXPECT_TRUE(test::holds(test::failure_of([&] { write_image(folder.path() / "no/a.png", image); }),
                          "file: cannot write " + (folder.path() / "no/a.png").string()));
  EXPECT_TRUE(test::holds(test::failure_of([&] { encode_image(make_image(0, 4), ".png"); }), "usage: "));
  EXPECT_TRUE(test::holds(test::failure_of([&] { encode_image(make_image(20000, 1), ".webp"); }), "resource: "));
  EXPECT_EQ(folder.count(), 0);
}

}  // namespace
}  // namespace fovea

// Sheets of tiles, and the text on them.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fovea/figure.h>

#include "../support/failure.h"

namespace fovea {
namespace {

constexpr Colour red{255, 0, 0};

/// The box of all pixels of a kind.
struct Box {
  int left = 1 << 30, top = 1 << 30, right = -1, bottom = -1, count = 0;
};

template <typename Kind>
Box box_of(const Image& image, Kind kind) {
  Box box;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      if (!kind(image.at(x, y))) continue;
      box = {std::min(box.left, x), std::min(box.top, y), std::max(box.right, x), std::max(box.bottom, y),
             box.count + 1};
    }
  }
  return box;
}

bool is_red(const std::uint8_t* p) { return p[0] == 255 && p[1] == 0 && p[2] == 0; }
bool is_ink(const std::uint8_t* p) { return p[0] < 128 && p[1] < 128 && p[2] < 128; }

TEST(sheet, text_stays_in_its_line_and_width) {
  for (const int height : {12, 16, 40}) {
    Figure figure(600, 100);
    const int width = draw_text(figure, 20, 30, "Typing 0.25 (conv1)", height, {0, 0, 0});
    const Image image = rasterise(figure);
    EXPECT_EQ(width, text_width("Typing 0.25 (conv1)", height));
    const Box ink = box_of(image, is_ink);
    EXPECT_GT(ink.count, 100);
    EXPECT_GE(ink.left, 19);
    EXPECT_LE(ink.right, 20 + width + 1);
    EXPECT_GE(ink.top, 30);
    EXPECT_LE(ink.bottom, 30 + height);
    EXPECT_GT(ink.bottom - ink.top, height / 2);
  }
}

TEST(sheet, text_grows_with_its_height_and_length) {
  EXPECT_EQ(text_width("", 16), 0);
  EXPECT_GT(text_width("abcd", 16), text_width("abc", 16));
  EXPECT_NEAR(text_width("abcdefgh", 32), 2 * text_width("abcdefgh", 16), 6);
}

TEST(sheet, text_outside_the_picture) {
  Figure figure(10, 10);
  draw_text(figure, 100, 100, "far away", 16, {0, 0, 0});
  draw_text(figure, -1000, 0, "far away", 16, {0, 0, 0});
  EXPECT_EQ(box_of(rasterise(figure), is_ink).count, 0);
  Figure none;
  EXPECT_NO_THROW(draw_text(none, 0, 0, "x", 16, {0, 0, 0}));
}

TEST(sheet, labels_of_every_script_are_read) {
  const std::vector<Tile> tiles{{make_image(8, 8, red), "Käfer"},          {make_image(8, 8, red), "Σκαραβαίος"},
                                {make_image(8, 8, red), "Жук-олень"},      {make_image(8, 8, red), "猫"},
                                {make_image(8, 8, red), "日本語のラベル"}, {make_image(8, 8, red), "חיפושית"}};
  const Figure labelled = sheet(tiles, 3, "größer", 96);
  const std::string svg = svg_of(labelled);
  for (const Tile& tile : tiles) EXPECT_TRUE(test::holds(svg, '"' + tile.label + '"')) << tile.label;
  EXPECT_TRUE(test::holds(svg, "\"größer\""));
  const std::vector<Tile> bare(6, Tile{make_image(8, 8, red), "?"});
  EXPECT_GT(box_of(rasterise(labelled), is_ink).count, 3 * box_of(rasterise(sheet(bare, 3, "", 96)), is_ink).count);
}

TEST(sheet, tiles_that_are_drawings_stay_so_at_their_size) {
  Figure drawing(64, 64);
  draw_text(drawing, 4, 4, "within", 16, {0, 0, 0});
  const std::vector<Tile> tiles{{drawing, ""}};
  EXPECT_TRUE(test::holds(svg_of(sheet(tiles, 1, "", 64)), "\"within\""));
  EXPECT_FALSE(test::holds(svg_of(sheet(tiles, 1, "", 128)), "\"within\"")) << "enlarged as pixels";
}

TEST(sheet, one_tile_under_its_label_and_the_title) {
  const std::vector<Tile> tiles{{make_image(10, 10, red), "label"}};
  const Image with_both = rasterise(sheet(tiles, 1, "title", 224));
  const Box tile = box_of(with_both, is_red);
  EXPECT_EQ(tile.right - tile.left, 223);
  EXPECT_EQ(tile.bottom - tile.top, 223);
  const Box ink = box_of(with_both, is_ink);
  EXPECT_LT(ink.bottom, tile.top);
  EXPECT_EQ(with_both.at(0, 0)[0], 255);
  const std::vector<Tile> bare{{make_image(10, 10, red), ""}};
  const Image without = rasterise(sheet(bare, 1, "", 224));
  EXPECT_EQ(box_of(without, is_ink).count, 0);
  EXPECT_LT(without.height, with_both.height);
}

TEST(sheet, grid_of_rows_and_columns) {
  const std::vector<Tile> tiles(5, Tile{make_image(4, 4, red), "x"});
  const Image image = rasterise(sheet(tiles, 2, "", 64));
  EXPECT_EQ(box_of(image, is_red).count, 5 * 64 * 64);
  EXPECT_GT(image.height, image.width) << "three rows of two";
  // More columns than tiles leave no empty ones.
  EXPECT_EQ(sheet(tiles, 5, "", 64).width, sheet(tiles, 50, "", 64).width);
}

TEST(sheet, aspect_is_kept_and_rows_are_no_taller_than_needed) {
  const std::vector<Tile> tiles{{make_image(400, 100, red), ""}, {make_image(200, 100, red), ""}};
  const Image image = rasterise(sheet(tiles, 2, "", 100));
  EXPECT_EQ(box_of(image, is_red).count, 100 * 25 + 100 * 50);
  EXPECT_LT(image.height, 80);
}

TEST(sheet, long_labels_are_wrapped_and_end_within_their_tile) {
  const std::string label = "great white shark, white shark, man-eater, man-eating shark, Carcharodon carcharias";
  const std::vector<Tile> tiles{{make_image(4, 4, red), label}, {make_image(4, 4, red), "short"}};
  const Image image = rasterise(sheet(tiles, 1, "", 224));
  const Box tile = box_of(image, is_red);
  const Box ink = box_of(image, is_ink);
  EXPECT_GE(ink.left, tile.left - 1);
  EXPECT_LE(ink.right, tile.right + 1);
  EXPECT_GT(ink.right, tile.right - 50) << "most of the width is used";
  const std::vector<Tile> unbroken{{make_image(4, 4, red), std::string(5000, 'W')}};
  EXPECT_LE(box_of(rasterise(sheet(unbroken, 1, "", 64)), is_ink).right,
            box_of(rasterise(sheet(unbroken, 1, "", 64)), is_red).right + 1);
}

TEST(sheet, small_tiles_show_their_pixels) {
  Image two = make_image(2, 1, red);
  std::fill_n(two.at(1, 0), 3, std::uint8_t{0});
  const std::vector<Tile> tiles{{two, ""}};
  const Image image = rasterise(sheet(tiles, 1, "", 100));
  EXPECT_EQ(box_of(image, is_red).count, 50 * 50) << "no mixed colours between enlarged pixels";
}

TEST(sheet, no_tiles_and_missing_pictures) {
  EXPECT_GT(sheet({}, 3, "nothing found", 64).width, 0);
  const std::vector<Tile> tiles{{Image{}, "missing"}, {make_image(1, 5000, red), ""}};
  EXPECT_NO_THROW(sheet(tiles, 2, "", 64));
}

TEST(sheet, refuses_what_has_no_size_or_too_much) {
  const std::vector<Tile> tiles(4, Tile{make_image(4, 4), ""});
  EXPECT_TRUE(test::holds(test::failure_of([&] { sheet(tiles, 0, ""); }), "usage: "));
  EXPECT_TRUE(test::holds(test::failure_of([&] { sheet(tiles, 1, "", 0); }), "usage: "));
  EXPECT_TRUE(test::holds(test::failure_of([&] { sheet(tiles, 2, "", 500'000); }), "resource: "));
}

}  // namespace
}  // namespace fovea

// The parts of a page.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "image/page.h"

namespace fovea {
namespace {

Colour at(const Image& image, int x, int y) { return {image.at(x, y)[0], image.at(x, y)[1], image.at(x, y)[2]}; }

TEST(page, numbers_are_brief) {
  EXPECT_EQ(brief(0), "0");
  EXPECT_EQ(brief(-0.0), "0");
  EXPECT_EQ(brief(0.012345), "0.0123");
  EXPECT_EQ(brief(45.678), "45.7");
  EXPECT_EQ(brief(4523.4), "4523");
  EXPECT_EQ(brief(-4523.4, 2), "-4523");
  EXPECT_EQ(brief(4.5e9), "4.5e+09");
}

TEST(page, steps_are_round) {
  EXPECT_DOUBLE_EQ(round_step(10, 5), 2);
  EXPECT_DOUBLE_EQ(round_step(11, 5), 5);
  EXPECT_DOUBLE_EQ(round_step(0.3, 4), 0.1);
  EXPECT_DOUBLE_EQ(round_step(6000, 4), 2000);
}

TEST(page, boxes_are_cut_off_at_the_borders) {
  Figure boxes(4, 3, {1, 1, 1});
  fill_box(boxes, 2, -5, 99, 2, {9, 9, 9});
  const Image image = rasterise(boxes);
  EXPECT_EQ(at(image, 1, 0), (Colour{1, 1, 1}));
  EXPECT_EQ(at(image, 3, 1), (Colour{9, 9, 9}));
  EXPECT_EQ(at(image, 3, 2), (Colour{1, 1, 1}));
  Figure outlined(5, 5, {1, 1, 1});
  outline_box(outlined, 1, 1, 4, 4, {9, 9, 9});
  const Image framed = rasterise(outlined);
  EXPECT_EQ(at(framed, 2, 2), (Colour{1, 1, 1}));
  EXPECT_EQ(at(framed, 3, 2), (Colour{9, 9, 9}));
  EXPECT_EQ(at(framed, 4, 4), (Colour{1, 1, 1}));
}

TEST(page, pictures_are_pasted_as_far_as_they_fit) {
  Figure target(3, 3, {0, 0, 0});
  Image source = make_image(2, 2, {5, 5, 5});
  source.at(1, 1)[0] = 7;
  paste(target, source, -1, -1);
  EXPECT_EQ(at(rasterise(target), 0, 0), (Colour{7, 5, 5}));
  EXPECT_EQ(at(rasterise(target), 1, 1), (Colour{0, 0, 0}));
  paste(target, source, 2, 2);
  EXPECT_EQ(at(rasterise(target), 2, 2), (Colour{5, 5, 5}));
  paste(target, source, 9, 9);
  paste(target, Image(), 0, 0);
  paste(target, Figure(), 0, 0);
  EXPECT_EQ(at(rasterise(target), 2, 2), (Colour{5, 5, 5}));
}

TEST(page, text_is_broken_and_shortened_to_a_width) {
  const std::string words = "a sentence that is much too long for such a narrow strip of paper as this one";
  const Image wide = rasterise(text_strip({words}, 17, {0, 0, 0}));
  const Image narrow = rasterise(text_strip({words}, 17, {0, 0, 0}, true, 200));
  EXPECT_EQ(narrow.width, 200);
  EXPECT_GT(narrow.height, 2 * wide.height);
  EXPECT_EQ(shortened_to("short", 200, 17), "short");
  const std::string cut = shortened_to(words, 200, 17);
  EXPECT_TRUE(cut.ends_with("…"));
  EXPECT_LE(text_width(cut, 17), 200);
}

TEST(page, strips_lie_under_each_other) {
  const Image page = rasterise(page_of({make_image(1072, 10, {9, 0, 0}), make_image(1072, 20, {0, 9, 0})}));
  EXPECT_EQ(page.width, 1120);
  EXPECT_EQ(page.height, 24 + 10 + 14 + 20 + 24);
  EXPECT_EQ(at(page, 24, 24), (Colour{9, 0, 0}));
  EXPECT_EQ(at(page, 24, 24 + 10 + 14), (Colour{0, 9, 0}));
  EXPECT_EQ(at(page, 23, 24), (Colour{255, 255, 255}));
}

TEST(page, colour_bars_go_from_end_to_end) {
  const Image bar = rasterise(colour_bar("grey", 256, "0", "1", "half"));
  EXPECT_LT(at(bar, 0, 0)[0], 3);
  EXPECT_GT(at(bar, 255, 0)[0], 252);
  EXPECT_NEAR(at(bar, 128, 5)[0], 128, 2);
}

}  // namespace
}  // namespace fovea

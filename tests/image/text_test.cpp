// Text as glyphs: letters of many scripts, their direction, their fonts.
// SPDX-License-Identifier: Apache-2.0
#include "image/text.h"

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <fovea/figure.h>

namespace fovea {
namespace text_test {

/// All glyphs of a text from left to right, with their letters.
std::vector<GlyphCluster> clusters_of(std::string_view text) {
  std::vector<GlyphCluster> clusters;
  for (const GlyphRun& run : shaped(text, Weight::regular)->runs) {
    clusters.insert(clusters.end(), run.clusters.begin(), run.clusters.end());
  }
  return clusters;
}

bool lacks_a_letter(std::string_view text) {
  for (const GlyphRun& run : shaped(text, Weight::regular)->runs) {
    for (const Glyph& glyph : run.glyphs) {
      if (glyph.number == 0) return true;
    }
  }
  return false;
}

TEST(text, letters_of_many_scripts_have_glyphs) {
  for (const char* text : {"Käfer", "Σκαραβαίος", "Жук-олень", "猫", "日本語のラベル", "中文標籤", "简体中文", "한국어",
                           "חיפושית", "خنفساء", "e\xcc\x81tude", "x² ≤ 3 · 10⁻⁵ °C"}) {
    EXPECT_FALSE(lacks_a_letter(text)) << text;
    EXPECT_GT(text_width(text, 20), 10) << text;
  }
  EXPECT_TRUE(lacks_a_letter("\xf0\x92\x80\x80")) << "no font has cuneiform: the box of the first";
}

TEST(text, no_letter_becomes_another) {
  const auto drawn = [](std::string_view text) {
    Figure figure(60, 40);
    draw_text(figure, 2, 2, text, 30, {0, 0, 0});
    return rasterise(figure).rgb;
  };
  std::set<std::vector<std::uint8_t>> pictures;
  for (const char* text : {"a", "ä", "?", "猫", "犬", "か", "Ж", "λ", "ש"}) pictures.insert(drawn(text));
  EXPECT_EQ(pictures.size(), 9U);
}

TEST(text, hebrew_is_read_from_the_right_and_numbers_in_it_from_the_left) {
  const std::vector<GlyphCluster> word = clusters_of("אבג");
  ASSERT_EQ(word.size(), 3U);
  EXPECT_EQ(word.front().letters, "ג");
  EXPECT_EQ(word.back().letters, "א") << "the first letter is rightmost";
  std::string mixed;
  for (const GlyphCluster& cluster : clusters_of("net אב 12")) mixed += cluster.letters;
  EXPECT_EQ(mixed, "net 12 בא");
}

TEST(text, bold_is_wider_and_kerning_is_applied) {
  EXPECT_GT(text_width("weights", 40, Weight::bold), text_width("weights", 40));
  EXPECT_LT(text_width("AVAVAVAV", 100), text_width("AAAA", 100) + text_width("VVVV", 100));
}

}  // namespace text_test
}  // namespace fovea

// Letters and graphemes: what is no UTF-8, and where texts are cut and broken into lines.
// SPDX-License-Identifier: Apache-2.0
#include "image/graphemes.h"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <fovea/figure.h>

#include "image/page.h"
#include "image/text.h"

namespace fovea {
namespace graphemes_test {

TEST(graphemes, a_letter_and_its_accents_are_one_grapheme) {
  using Ends = std::vector<std::size_t>;
  EXPECT_EQ(grapheme_ends("ae\xcc\x81\xcc\xa3o"), (Ends{1, 6, 7}));
  EXPECT_EQ(grapheme_ends("猫é"), (Ends{3, 5}));
  EXPECT_EQ(grapheme_ends("\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab"), (Ends{9})) << "a syllable of three jamo";
  EXPECT_EQ(grapheme_ends("\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa\xf0\x9f\x87\xab\xf0\x9f\x87\xb7"), (Ends{8, 16}))
      << "two flags";
  EXPECT_EQ(grapheme_ends(""), Ends{});
  const std::shared_ptr<const ShapedText> accented = shaped("e\xcc\x81", Weight::regular);
  ASSERT_EQ(accented->runs.size(), 1U);
  EXPECT_EQ(accented->runs.front().clusters.size(), 1U);
}

TEST(graphemes, what_is_no_utf8_is_shown_as_such) {
  EXPECT_EQ(clean_text("a\xff\xfe"
                       "b"),
            "a\ufffd\ufffd"
            "b");
  EXPECT_EQ(clean_text("cut \xe7\x8c"), "cut \ufffd\ufffd");
  EXPECT_EQ(clean_text("\xed\xa0\x80"), "\ufffd\ufffd\ufffd") << "half of a pair";
  EXPECT_EQ(clean_text("\xc0\xaf"), "\ufffd\ufffd") << "longer than it need be";
  EXPECT_EQ(clean_text("a\nb\tc\x7f"), "a b c ");
  EXPECT_EQ(clean_text("Käfer 猫"), "Käfer 猫");
  EXPECT_GT(text_width("\xff\xfe\xfd", 16), 0);
  std::string every;
  for (int i = 1; i < 256; ++i) every += static_cast<char>(i);
  EXPECT_GT(text_width(every, 16), 500);
}

TEST(graphemes, texts_are_cut_between_graphemes) {
  const std::string accents =
      "e\xcc\x81"
      "e\xcc\x81"
      "e\xcc\x81"
      "e\xcc\x81"
      "e\xcc\x81"
      "e\xcc\x81"
      "e\xcc\x81";
  for (int width = 0; width < text_width(accents, 20); ++width) {
    const std::string cut = shortened_to(accents, width, 20);
    ASSERT_TRUE(cut.ends_with("…"));
    EXPECT_EQ((cut.size() - 3) % 3, 0U) << "whole letters with their accents";
    if (cut.size() > 3) {
      EXPECT_LE(text_width(cut, 20), width);
    }
  }
  EXPECT_EQ(shortened_to("猫", 200, 20), "猫");
}

TEST(graphemes, ideographs_are_broken_anywhere_but_before_a_full_stop) {
  const std::string text = "日本語の文章は、単語の間に空白を入れません。";
  for (int letters = 3; letters < 9; ++letters) {
    const int width = letters * text_width("日", 20);
    const std::vector<std::string> lines = lines_of(text, width, 20);
    EXPECT_GE(lines.size(), static_cast<std::size_t>(22 / letters));
    std::string all;
    for (const std::string& line : lines) {
      EXPECT_LE(text_width(line, 20), width);
      EXPECT_FALSE(line.starts_with("、") || line.starts_with("。")) << line;
      all += line;
    }
    EXPECT_EQ(all, text);
  }
  const std::vector<std::string> words = lines_of("one two three four", text_width("one two t", 20), 20);
  EXPECT_EQ(words.front(), "one two");
  EXPECT_EQ(lines_of("one two three four", text_width("one two", 20), 20, Weight::regular, 2).size(), 2U);
}

}  // namespace graphemes_test
}  // namespace fovea

// Text as glyphs in a row: which font has each letter, in which direction it is read, where its glyphs stand.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <fovea/figure.h>

namespace fovea {

/// A font file that is open; what it is made of belongs to text.cpp.
struct Font;

/// A glyph of a font; places in em from the text's start on its base line, y upwards.
struct Glyph {
  std::uint32_t number;
  double x, y;
};

/// Letters that become glyphs together: one or more of each.
struct GlyphCluster {
  std::string letters;  ///< UTF-8
  std::size_t glyphs;   ///< how many of the run's
};

/// Glyphs of one font in one direction, from left to right.
struct GlyphRun {
  const Font* font;
  bool backwards;  ///< read from right to left
  std::vector<Glyph> glyphs;
  std::vector<GlyphCluster> clusters;  ///< in the order of the glyphs
};

/// A line of text, ready to be drawn at any size.
struct ShapedText {
  std::vector<GlyphRun> runs;  ///< from left to right
  double width = 0;            ///< em
};

/// Shapes a line of text. Results are kept, so that asking again is quick; may be asked by several threads.
std::shared_ptr<const ShapedText> shaped(std::string_view text, Weight weight);

/// Returns a text without what is no UTF-8 (U+FFFD stands there) and without control characters (spaces).
std::string clean_text(std::string_view text);
/// Returns where a clean text may be cut: the end of each grapheme (a letter with its accents), in bytes.
std::vector<std::size_t> grapheme_ends(std::string_view clean);
/// Tells whether a line may end before the letter that begins at a byte of a clean text: Chinese and Japanese are
/// written without spaces, and may be broken before every ideograph and kana.
bool breaks_before(std::string_view clean, std::size_t at);

/// The size of the em in a line that is `height` px high, px.
double em_of(int height);
/// How far the base line lies below the top of such a line, px.
int base_line_of(int height);

/// Returns who a font is.
const FontUse& font_use(const Font& font);
/// Returns the file of a font.
const std::filesystem::path& font_file(const Font& font);
/// Returns where the font stands in the order in which fonts are tried.
std::size_t font_rank(const Font& font);

}  // namespace fovea

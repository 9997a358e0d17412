// Text as glyphs in a row: which font has each letter, in which direction it is read, where its glyphs stand.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <fovea/figure.h>

namespace fovea {

/// A font file that is open; what it is made of is said in fonts.h.
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

/// The size of the em in a line that is `height` px high, px.
double em_of(int height);
/// How far the base line lies below the top of such a line, px.
int base_line_of(int height);

}  // namespace fovea

// Glyphs as Cairo draws them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include <cairo.h>

#include <fovea/figure.h>

#include "image/text.h"

namespace fovea {

/// Holds FreeType and its faces for one thread at a time, and draws with them.
class CairoText {
 public:
  CairoText();

  /// Draws a text as filled outlines, fitted to the rows of pixels but not to their columns, so that letters are
  /// spaced as they are in print.
  void fill(cairo_t* cairo, const marks::Writing& writing);
  /// Draws a text as glyphs that know their letters, so that it can be searched.
  void show(cairo_t* cairo, const marks::Writing& writing);
  /// Returns a glyph's outline as an SVG path, in units of 1/1000 em, y downwards; empty where there is nothing to see.
  std::string outline(const Font& font, std::uint32_t glyph);

 private:
  std::lock_guard<std::mutex> lock_;
};

}  // namespace fovea

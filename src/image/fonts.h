// The fonts that texts are set in: files that are open, and which of them has a letter.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include <hb.h>

#include <fovea/figure.h>

namespace fovea {

/// A font file that is open.
struct Font {
  std::filesystem::path file;
  std::size_t rank = 0;
  FontUse use;
  hb_face_t* face = nullptr;
  hb_font_t* font = nullptr;  // in units of the em; never changed, so that threads may share it
  double em = 1;              // in those units

  explicit Font(std::filesystem::path path, std::size_t order);
  ~Font();
  Font(const Font&) = delete;
  Font& operator=(const Font&) = delete;

  bool has(char32_t letter) const {
    hb_codepoint_t glyph = 0;
    return hb_font_get_nominal_glyph(font, letter, &glyph) != 0;
  }
};

/// The fonts in the order in which they are tried, each opened when the ones before it lack a letter.
class FontList {
 public:
  explicit FontList(std::vector<std::filesystem::path> files);

  std::size_t size() const { return files_.size(); }

  const Font& at(std::size_t rank);

  /// Returns the first font that has all letters; the first one of all where none has.
  const Font& of(std::u32string_view letters);

 private:
  std::vector<std::filesystem::path> files_;
  std::vector<std::unique_ptr<Font>> fonts_;
  std::mutex mutex_;
};

/// Returns the fonts of a weight.
FontList& fonts_for(Weight weight);

}  // namespace fovea

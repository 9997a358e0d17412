// Shaping of text: bytes become letters, letters are read from left to right or from right to left (the Unicode
// bidirectional algorithm, by FriBidi), each grapheme gets the first font that has all of its letters, and HarfBuzz
// turns stretches of one direction, script and font into glyphs. In em, unhinted: the same shape at every size.
// SPDX-License-Identifier: Apache-2.0
#include "image/text.h"

#include <algorithm>
#include <array>
#include <functional>
#include <mutex>
#include <unordered_map>

#include <fribidi.h>
#include <hb.h>

#include "image/fonts.h"
#include "image/graphemes.h"

namespace fovea {
namespace {

/// Letters that are shaped together.
struct Stretch {
  std::size_t begin, end;  // letters
  FriBidiLevel level;
  hb_script_t script;
  const Font* font;
};

std::vector<FriBidiLevel> levels_of(const std::u32string& codes) {
  const auto count = static_cast<FriBidiStrIndex>(codes.size());
  std::vector<FriBidiChar> letters(codes.begin(), codes.end());
  std::vector<FriBidiCharType> types(codes.size());
  std::vector<FriBidiBracketType> brackets(codes.size());
  std::vector<FriBidiLevel> levels(codes.size(), 0);
  fribidi_get_bidi_types(letters.data(), count, types.data());
  fribidi_get_bracket_types(letters.data(), count, types.data(), brackets.data());
  FriBidiParType base = FRIBIDI_PAR_ON;
  if (fribidi_get_par_embedding_levels_ex(types.data(), brackets.data(), count, &base, levels.data()) == 0) {
    std::fill(levels.begin(), levels.end(), FriBidiLevel{0});  // deeper than any text goes
  }
  return levels;
}

/// Scripts of letters; what belongs to none, such as digits and commas, goes with what stands before it.
std::vector<hb_script_t> scripts_of(const std::u32string& codes) {
  std::vector<hb_script_t> scripts(codes.size(), HB_SCRIPT_COMMON);
  hb_script_t current = HB_SCRIPT_COMMON;
  std::size_t undecided = 0;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const hb_script_t own = hb_unicode_script(hb_unicode_funcs_get_default(), codes[i]);
    if (own != HB_SCRIPT_COMMON && own != HB_SCRIPT_INHERITED && own != HB_SCRIPT_UNKNOWN) {
      current = own;
      for (; undecided < i; ++undecided) {
        if (scripts[undecided] == HB_SCRIPT_COMMON) scripts[undecided] = own;
      }
    }
    scripts[i] = current;
  }
  return scripts;
}

std::vector<Stretch> stretches_of(const std::vector<Letter>& letters, const std::u32string& codes, FontList& fonts) {
  const std::vector<FriBidiLevel> levels = levels_of(codes);
  const std::vector<hb_script_t> scripts = scripts_of(codes);
  const std::vector<bool> starts = grapheme_starts(letters);
  std::vector<Stretch> stretches;
  for (std::size_t begin = 0; begin < codes.size();) {
    std::size_t end = begin + 1;
    while (end < codes.size() && !starts[end]) ++end;
    const Font& font = fonts.of(std::u32string_view(codes).substr(begin, end - begin));
    if (!stretches.empty() && stretches.back().level == levels[begin] && stretches.back().script == scripts[begin] &&
        stretches.back().font == &font) {
      stretches.back().end = end;
    } else {
      stretches.push_back({begin, end, levels[begin], scripts[begin], &font});
    }
    begin = end;
  }
  return stretches;
}

/// Brings stretches from the order of reading into that from left to right (rule L2 of Unicode's annex 9).
void order_from_left(std::vector<Stretch>& stretches) {
  FriBidiLevel highest = 0;
  for (const Stretch& stretch : stretches) highest = std::max(highest, stretch.level);
  for (FriBidiLevel level = highest; level >= 1; --level) {
    for (std::size_t i = 0; i < stretches.size(); ++i) {
      std::size_t end = i;
      while (end < stretches.size() && stretches[end].level >= level) ++end;
      std::reverse(stretches.begin() + static_cast<std::ptrdiff_t>(i),
                   stretches.begin() + static_cast<std::ptrdiff_t>(end));
      i = std::max(i, end);
    }
  }
}

/// Shapes one stretch from `x` on, and moves `x` to its end.
GlyphRun run_of(const Stretch& stretch, std::string_view clean, const std::vector<Letter>& letters,
                const std::u32string& codes, double& x) {
  const auto byte_of = [&](std::size_t letter) { return letter < letters.size() ? letters[letter].at : clean.size(); };
  const std::unique_ptr<hb_buffer_t, void (*)(hb_buffer_t*)> buffer(hb_buffer_create(), hb_buffer_destroy);
  hb_buffer_add_utf32(buffer.get(), reinterpret_cast<const std::uint32_t*>(codes.data()),
                      static_cast<int>(codes.size()), static_cast<unsigned>(stretch.begin),
                      static_cast<int>(stretch.end - stretch.begin));
  GlyphRun run{.font = stretch.font, .backwards = stretch.level % 2 == 1, .glyphs = {}, .clusters = {}};
  hb_buffer_set_direction(buffer.get(), run.backwards ? HB_DIRECTION_RTL : HB_DIRECTION_LTR);
  hb_buffer_set_script(buffer.get(), stretch.script);
  hb_buffer_set_language(buffer.get(), hb_language_from_string("und", -1));
  hb_shape(stretch.font->font, buffer.get(), nullptr, 0);
  unsigned count = 0;
  const hb_glyph_info_t* infos = hb_buffer_get_glyph_infos(buffer.get(), &count);
  const hb_glyph_position_t* places = hb_buffer_get_glyph_positions(buffer.get(), nullptr);
  std::vector<std::size_t> begins{stretch.end};
  for (unsigned i = 0; i < count; ++i) begins.push_back(infos[i].cluster);
  std::sort(begins.begin(), begins.end());
  for (unsigned i = 0; i < count; ++i) {
    run.glyphs.push_back(
        {infos[i].codepoint, x + places[i].x_offset / stretch.font->em, places[i].y_offset / stretch.font->em});
    x += places[i].x_advance / stretch.font->em;
    if (i > 0 && infos[i].cluster == infos[i - 1].cluster) {
      ++run.clusters.back().glyphs;
      continue;
    }
    const std::size_t begin = infos[i].cluster;
    const std::size_t end = *std::upper_bound(begins.begin(), begins.end() - 1, begin);
    run.clusters.push_back({std::string(clean.substr(byte_of(begin), byte_of(end) - byte_of(begin))), 1});
  }
  return run;
}

ShapedText shape(std::string_view text, Weight weight) {
  const std::string clean = clean_text(text);
  const std::vector<Letter> letters = letters_of(clean);
  std::u32string codes;
  for (const Letter& letter : letters) codes += letter.code;
  ShapedText shaped;
  if (codes.empty()) return shaped;
  std::vector<Stretch> stretches = stretches_of(letters, codes, fonts_for(weight));
  order_from_left(stretches);
  for (const Stretch& stretch : stretches) {
    shaped.runs.push_back(run_of(stretch, clean, letters, codes, shaped.width));
  }
  return shaped;
}

/// Hashes what may be looked up without a copy.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

}  // namespace

std::shared_ptr<const ShapedText> shaped(std::string_view text, Weight weight) {
  constexpr std::size_t most_kept = 1 << 14;
  using Kept = std::unordered_map<std::string, std::shared_ptr<const ShapedText>, TextHash, std::equal_to<>>;
  static std::mutex& mutex = *new std::mutex;
  static std::array<Kept, 2>& kept = *new std::array<Kept, 2>;
  Kept& own = kept.at(weight == Weight::bold ? 1 : 0);
  {
    const std::lock_guard lock(mutex);
    const auto known = own.find(text);
    if (known != own.end()) return known->second;
  }
  const auto result = std::make_shared<const ShapedText>(shape(text, weight));
  const std::lock_guard lock(mutex);
  if (own.size() >= most_kept) own.clear();
  own.emplace(text, result);
  return result;
}

double em_of(int height) {
  constexpr double share = 0.82;  // ascenders and descenders of DejaVu Sans then fit into the line
  return share * height;
}

int base_line_of(int height) { return static_cast<int>(27.0 / 35.0 * height + 0.5); }

}  // namespace fovea

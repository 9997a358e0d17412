// Letters of UTF-8, and graphemes after Unicode's annex 29: a letter with its accents, a syllable of Hangul, a flag.
// SPDX-License-Identifier: Apache-2.0
#include "image/graphemes.h"

#include <array>

#include <hb.h>

namespace fovea {
namespace {

constexpr char32_t replacement = 0xfffd;

/// Reads one letter of UTF-8 and moves on; a byte that begins none is U+FFFD by itself.
char32_t next_letter(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const unsigned first = byte(at);
  const std::size_t length = first < 0x80                    ? 1
                             : first >= 0xc2 && first < 0xe0 ? 2
                             : first >= 0xe0 && first < 0xf0 ? 3
                             : first >= 0xf0 && first < 0xf5 ? 4
                                                             : 0;
  if (length <= 1) {
    ++at;
    return length == 1 ? first : replacement;
  }
  char32_t code = first & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    const unsigned next = byte(at + i);
    if ((next & 0xc0U) != 0x80) {
      ++at;
      return replacement;
    }
    code = code << 6 | (next & 0x3fU);
  }
  constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
  if (code < least[length] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
    ++at;
    return replacement;
  }
  at += length;
  return code;
}

bool is_control(char32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029;
}

void append_utf8(std::string& text, char32_t code) {
  const auto add = [&](char32_t byte) { text += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (code < 0x80) return add(code);
  if (code < 0x800) {
    add(0xc0 | code >> 6);
  } else if (code < 0x10000) {
    add(0xe0 | code >> 12);
    add(0x80 | (code >> 6 & 0x3f));
  } else {
    add(0xf0 | code >> 18);
    add(0x80 | (code >> 12 & 0x3f));
    add(0x80 | (code >> 6 & 0x3f));
  }
  add(0x80 | (code & 0x3f));
}

bool is_regional(char32_t c) { return c >= 0x1f1e6 && c <= 0x1f1ff; }

/// Tells whether a letter always belongs to the one before it: accents, signs of vowels, joiners, selectors of
/// variants.
bool extends(char32_t c) {
  constexpr char32_t joiner = 0x200d;
  if (c == joiner || c == 0x200c || (c >= 0x1f3fb && c <= 0x1f3ff) || (c >= 0xe0020 && c <= 0xe007f)) return true;
  const hb_unicode_general_category_t category = hb_unicode_general_category(hb_unicode_funcs_get_default(), c);
  return category == HB_UNICODE_GENERAL_CATEGORY_NON_SPACING_MARK ||
         category == HB_UNICODE_GENERAL_CATEGORY_SPACING_MARK || category == HB_UNICODE_GENERAL_CATEGORY_ENCLOSING_MARK;
}

/// The parts of Hangul syllables: leading, vowel, trailing; whole ones without (LV) and with a trail (LVT).
enum class Hangul { none, leading, vowel, trailing, open, closed };

Hangul hangul(char32_t c) {
  if ((c >= 0x1100 && c <= 0x115f) || (c >= 0xa960 && c <= 0xa97c)) return Hangul::leading;
  if ((c >= 0x1160 && c <= 0x11a7) || (c >= 0xd7b0 && c <= 0xd7c6)) return Hangul::vowel;
  if ((c >= 0x11a8 && c <= 0x11ff) || (c >= 0xd7cb && c <= 0xd7fb)) return Hangul::trailing;
  if (c < 0xac00 || c > 0xd7a3) return Hangul::none;
  return (c - 0xac00) % 28 == 0 ? Hangul::open : Hangul::closed;
}

bool join_as_hangul(char32_t before, char32_t after) {
  const Hangul a = hangul(before);
  const Hangul b = hangul(after);
  switch (a) {
    case Hangul::leading: return b != Hangul::none && b != Hangul::trailing;
    case Hangul::open:
    case Hangul::vowel: return b == Hangul::vowel || b == Hangul::trailing;
    case Hangul::closed:
    case Hangul::trailing: return b == Hangul::trailing;
    case Hangul::none: break;
  }
  return false;
}

}  // namespace

std::vector<Letter> letters_of(std::string_view clean) {
  std::vector<Letter> letters;
  letters.reserve(clean.size());
  for (std::size_t at = 0; at < clean.size();) {
    const std::size_t start = at;
    letters.push_back({next_letter(clean, at), start});
  }
  return letters;
}

std::vector<bool> grapheme_starts(const std::vector<Letter>& letters) {
  constexpr char32_t joiner = 0x200d;
  std::vector<bool> starts(letters.size(), true);
  std::size_t regional = 0;  // how many stand before this one
  for (std::size_t i = 1; i < letters.size(); ++i) {
    const char32_t before = letters[i - 1].code;
    const char32_t here = letters[i].code;
    regional = is_regional(before) ? regional + 1 : 0;
    const bool joined = before == joiner && here >= 0x2190;  // pictures joined to one, such as families
    starts[i] = !(extends(here) || joined || join_as_hangul(before, here) || (is_regional(here) && regional % 2 == 1));
  }
  return starts;
}

std::string clean_text(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const char32_t code = next_letter(text, at);
    append_utf8(clean, is_control(code) ? U' ' : code);
  }
  return clean;
}

std::vector<std::size_t> grapheme_ends(std::string_view clean) {
  const std::vector<Letter> letters = letters_of(clean);
  const std::vector<bool> starts = grapheme_starts(letters);
  std::vector<std::size_t> ends;
  for (std::size_t i = 1; i < letters.size(); ++i) {
    if (starts[i]) ends.push_back(letters[i].at);
  }
  if (!letters.empty()) ends.push_back(clean.size());
  return ends;
}

bool breaks_before(std::string_view clean, std::size_t at) {
  // What may not begin a line: closing brackets, full stops and commas, small kana, signs of repetition.
  constexpr std::u32string_view never_first =
      U"、。，．・：；？！）］｝」』】〕〉》〗〙ーゝゞ々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ…‥";
  constexpr std::u32string_view never_last = U"（［｛「『【〔〈《〖〘";
  const auto wide = [](char32_t c) {
    return (c >= 0x2e80 && c <= 0x9fff) || (c >= 0xf900 && c <= 0xfaff) || (c >= 0xff00 && c <= 0xffef) ||
           (c >= 0x20000 && c <= 0x3ffff);
  };
  if (at == 0 || at >= clean.size()) return false;
  std::size_t next = at;
  const char32_t after = next_letter(clean, next);
  std::size_t last = at - 1;
  while (last > 0 && (static_cast<unsigned char>(clean[last]) & 0xc0U) == 0x80) --last;
  const char32_t before = next_letter(clean, last);
  return (wide(after) || wide(before)) && never_first.find(after) == std::u32string_view::npos &&
         never_last.find(before) == std::u32string_view::npos;
}

}  // namespace fovea

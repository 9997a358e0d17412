// Shaping of text: bytes become letters, letters are read from left to right or from right to left (the Unicode
// bidirectional algorithm, by FriBidi), each grapheme gets the first font that has all of its letters, and HarfBuzz
// turns stretches of one direction, script and font into glyphs. In em, unhinted: the same shape at every size.
// SPDX-License-Identifier: Apache-2.0
#include "image/text.h"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <unordered_map>

#include <fribidi.h>
#include <hb-ot.h>
#include <hb.h>

#include <fovea/error.h>

#include "image/font_files.h"

namespace fovea {

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

namespace {

constexpr char32_t replacement = 0xfffd;

// --- fonts ---

std::string name_of_font(hb_face_t* face, hb_ot_name_id_t id) {
  char text[200];
  unsigned size = sizeof text;
  hb_ot_name_get_utf8(face, id, HB_LANGUAGE_INVALID, &size, text);
  return {text, std::min<std::size_t>(size, sizeof text - 1)};
}

/// The fonts in the order in which they are tried, each opened when the ones before it lack a letter.
class FontList {
 public:
  explicit FontList(std::vector<std::filesystem::path> files) : files_(std::move(files)), fonts_(files_.size()) {
    for (const std::filesystem::path& file : files_) {
      std::error_code ignored;
      if (std::filesystem::is_regular_file(file, ignored)) continue;
      throw Error(ErrorKind::file, "the font " + file.string() + " is missing",
                  "install fonts-dejavu-core and fonts-droid-fallback, or name font files by FOVEA_FONTS=A.ttf:B.otf");
    }
  }

  std::size_t size() const { return files_.size(); }

  const Font& at(std::size_t rank) {
    const std::lock_guard lock(mutex_);
    if (fonts_[rank] == nullptr) fonts_[rank] = std::make_unique<Font>(files_[rank], rank);
    return *fonts_[rank];
  }

  /// Returns the first font that has all letters; the first one of all where none has.
  const Font& of(std::u32string_view letters) {
    for (std::size_t rank = 0; rank < files_.size(); ++rank) {
      const Font& font = at(rank);
      const bool all = std::all_of(letters.begin(), letters.end(), [&](char32_t c) {
        return hb_unicode_general_category(hb_unicode_funcs_get_default(), c) == HB_UNICODE_GENERAL_CATEGORY_FORMAT ||
               font.has(c);
      });
      if (all) return font;
    }
    return at(0);
  }

 private:
  std::vector<std::filesystem::path> files_;
  std::vector<std::unique_ptr<Font>> fonts_;
  std::mutex mutex_;
};

/// The files that FOVEA_FONTS names; else those that were found when Fovea was built.
std::vector<std::filesystem::path> font_files(Weight weight) {
  std::vector<std::filesystem::path> files;
  const char* named = std::getenv("FOVEA_FONTS");
  std::string_view rest = named != nullptr ? named : "";
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    if (end > 0) files.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (!files.empty()) return files;
  return {weight == Weight::bold ? bold_font_file : regular_font_file, wide_font_file, rare_font_file};
}

FontList& fonts_for(Weight weight) {
  // Never closed: figures may be drawn until the process ends.
  static FontList& regular = *new FontList(font_files(Weight::regular));
  if (weight == Weight::regular) return regular;
  static FontList& bold = *new FontList(font_files(Weight::bold));
  return bold;
}

// --- letters ---

/// One letter and where its bytes begin.
struct Letter {
  char32_t code;
  std::size_t at;
};

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

std::vector<Letter> letters_of(std::string_view clean) {
  std::vector<Letter> letters;
  letters.reserve(clean.size());
  for (std::size_t at = 0; at < clean.size();) {
    const std::size_t start = at;
    letters.push_back({next_letter(clean, at), start});
  }
  return letters;
}

// --- graphemes, after Unicode's annex 29 ---

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

/// Tells which letters begin a grapheme.
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

// --- stretches that are shaped together ---

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

Font::Font(std::filesystem::path path, std::size_t order) : file(std::move(path)), rank(order) {
  hb_blob_t* blob = hb_blob_create_from_file(file.c_str());
  face = hb_face_create(blob, 0);
  hb_blob_destroy(blob);
  if (hb_face_get_glyph_count(face) == 0) {
    hb_face_destroy(face);
    throw Error(ErrorKind::format, file.string() + " is no font that can be read",
                "fonts are .ttf, .otf and .ttc files");
  }
  hb_face_make_immutable(face);
  em = hb_face_get_upem(face);
  font = hb_font_create(face);
  hb_font_set_scale(font, static_cast<int>(em), static_cast<int>(em));
  hb_font_make_immutable(font);
  const std::string style = name_of_font(face, HB_OT_NAME_ID_FONT_SUBFAMILY);
  use = {.family = name_of_font(face, HB_OT_NAME_ID_FONT_FAMILY),
         .version = name_of_font(face, HB_OT_NAME_ID_VERSION_STRING),
         .file = file.filename().string()};
  if (!style.empty() && style != "Regular" && style != "Book") use.family += " " + style;
}

Font::~Font() {
  hb_font_destroy(font);
  hb_face_destroy(face);
}

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

double em_of(int height) {
  constexpr double share = 0.82;  // ascenders and descenders of DejaVu Sans then fit into the line
  return share * height;
}

int base_line_of(int height) { return static_cast<int>(27.0 / 35.0 * height + 0.5); }

const FontUse& font_use(const Font& font) { return font.use; }
const std::filesystem::path& font_file(const Font& font) { return font.file; }
std::size_t font_rank(const Font& font) { return font.rank; }

}  // namespace fovea

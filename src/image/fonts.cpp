// Font files, opened by HarfBuzz: those that FOVEA_FONTS names, else those that were found when Fovea was built.
// SPDX-License-Identifier: Apache-2.0
#include "image/fonts.h"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <system_error>
#include <utility>

#include <hb-ot.h>

#include <fovea/error.h>

#include "image/font_files.h"

namespace fovea {
namespace {

std::string name_of_font(hb_face_t* face, hb_ot_name_id_t id) {
  char text[200];
  unsigned size = sizeof text;
  hb_ot_name_get_utf8(face, id, HB_LANGUAGE_INVALID, &size, text);
  return {text, std::min<std::size_t>(size, sizeof text - 1)};
}

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

FontList::FontList(std::vector<std::filesystem::path> files) : files_(std::move(files)), fonts_(files_.size()) {
  for (const std::filesystem::path& file : files_) {
    std::error_code ignored;
    if (std::filesystem::is_regular_file(file, ignored)) continue;
    throw Error(ErrorKind::file, "the font " + file.string() + " is missing",
                "install fonts-dejavu-core and fonts-droid-fallback, or name font files by FOVEA_FONTS=A.ttf:B.otf");
  }
}

const Font& FontList::at(std::size_t rank) {
  const std::lock_guard lock(mutex_);
  if (fonts_[rank] == nullptr) fonts_[rank] = std::make_unique<Font>(files_[rank], rank);
  return *fonts_[rank];
}

const Font& FontList::of(std::u32string_view letters) {
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

FontList& fonts_for(Weight weight) {
  // Never closed: figures may be drawn until the process ends.
  static FontList& regular = *new FontList(font_files(Weight::regular));
  if (weight == Weight::regular) return regular;
  static FontList& bold = *new FontList(font_files(Weight::bold));
  return bold;
}

}  // namespace fovea

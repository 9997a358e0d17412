// Faces of FreeType, one for each font file, for all figures of a process.
// SPDX-License-Identifier: Apache-2.0
#include "image/cairo_text.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include <cairo-ft.h>
#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_OUTLINE_H

#include <fovea/error.h>

#include "image/fonts.h"

namespace fovea {
namespace {

/// A font file as FreeType and Cairo know it.
struct OpenFace {
  FT_Face face = nullptr;
  cairo_font_face_t* cairo = nullptr;
};

std::mutex& faces_mutex() {
  static std::mutex& mutex = *new std::mutex;
  return mutex;
}

/// Returns the face of a font; the mutex is held.
const OpenFace& face_of(const Font& font) {
  static FT_Library library = [] {
    FT_Library made = nullptr;
    if (FT_Init_FreeType(&made) != 0) throw Error(ErrorKind::internal, "FreeType cannot begin");
    return made;
  }();
  static std::map<const Font*, OpenFace>& faces = *new std::map<const Font*, OpenFace>;  // kept as long as fonts are
  const auto known = faces.find(&font);
  if (known != faces.end()) return known->second;
  OpenFace open;
  if (FT_New_Face(library, font.file.c_str(), 0, &open.face) != 0) {
    throw Error(ErrorKind::format, font.file.string() + " is no font that can be read",
                "fonts are .ttf, .otf and .ttc files");
  }
  open.cairo = cairo_ft_font_face_create_for_ft_face(open.face, 0);
  return faces.emplace(&font, open).first->second;
}

/// Sets a run's font and size; text that is turned, or printed, is not fitted to pixels.
void set_font(cairo_t* cairo, const GlyphRun& run, double size, bool fitted) {
  cairo_set_font_face(cairo, face_of(*run.font).cairo);
  cairo_set_font_size(cairo, size);
  cairo_font_options_t* options = cairo_font_options_create();
  cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style(options, fitted ? CAIRO_HINT_STYLE_SLIGHT : CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  cairo_set_font_options(cairo, options);
  cairo_font_options_destroy(options);
}

std::vector<cairo_glyph_t> placed(const GlyphRun& run, double size) {
  std::vector<cairo_glyph_t> glyphs;
  for (const Glyph& glyph : run.glyphs) glyphs.push_back({glyph.number, glyph.x * size, -glyph.y * size});
  return glyphs;
}

/// Puts the origin at a text's start, turned as it is.
void go_to(cairo_t* cairo, const marks::Writing& writing) {
  cairo_translate(cairo, writing.start.x, writing.start.y);
  if (writing.turned) cairo_rotate(cairo, -std::acos(-1.0) / 2);
  cairo_set_source_rgb(cairo, writing.colour[0] / 255.0, writing.colour[1] / 255.0, writing.colour[2] / 255.0);
}

/// Words outlines as an SVG path.
struct PathWords {
  std::string text;
  double scale;  ///< 1/1000 em per unit of the font

  void point(const FT_Vector& at) {
    text += std::to_string(std::lround(static_cast<double>(at.x) * scale)) + " " +
            std::to_string(std::lround(static_cast<double>(-at.y) * scale));
  }
  void close() {
    if (!text.empty()) text += "Z";
  }
};

}  // namespace

CairoText::CairoText() : lock_(faces_mutex()) {}

void CairoText::fill(cairo_t* cairo, const marks::Writing& writing) {
  cairo_save(cairo);
  go_to(cairo, writing);
  for (const GlyphRun& run : shaped(writing.text, writing.weight)->runs) {
    set_font(cairo, run, writing.size, !writing.turned);
    const std::vector<cairo_glyph_t> glyphs = placed(run, writing.size);
    cairo_new_path(cairo);
    cairo_glyph_path(cairo, glyphs.data(), static_cast<int>(glyphs.size()));
    cairo_fill(cairo);
  }
  cairo_restore(cairo);
}

void CairoText::show(cairo_t* cairo, const marks::Writing& writing) {
  cairo_save(cairo);
  go_to(cairo, writing);
  for (const GlyphRun& run : shaped(writing.text, writing.weight)->runs) {
    set_font(cairo, run, writing.size, false);
    const std::vector<cairo_glyph_t> glyphs = placed(run, writing.size);
    std::string letters;
    std::vector<cairo_text_cluster_t> clusters;
    const auto add = [&](const GlyphCluster& cluster) {
      letters += cluster.letters;
      clusters.push_back({static_cast<int>(cluster.letters.size()), static_cast<int>(cluster.glyphs)});
    };
    // In the order of reading, which for what is read from the right is the glyphs' from behind.
    if (run.backwards) {
      std::for_each(run.clusters.rbegin(), run.clusters.rend(), add);
    } else {
      std::for_each(run.clusters.begin(), run.clusters.end(), add);
    }
    cairo_show_text_glyphs(cairo, letters.data(), static_cast<int>(letters.size()), glyphs.data(),
                           static_cast<int>(glyphs.size()), clusters.data(), static_cast<int>(clusters.size()),
                           run.backwards ? CAIRO_TEXT_CLUSTER_FLAG_BACKWARD : cairo_text_cluster_flags_t(0));
  }
  cairo_restore(cairo);
}

std::string CairoText::outline(const Font& font, std::uint32_t glyph) {
  const FT_Face face = face_of(font).face;
  // Cairo leaves the last text's turn in the face.
  constexpr FT_Int32 as_designed = FT_LOAD_NO_SCALE | FT_LOAD_NO_BITMAP | FT_LOAD_IGNORE_TRANSFORM;
  if (FT_Load_Glyph(face, glyph, as_designed) != 0) return "";
  if (face->glyph->format != FT_GLYPH_FORMAT_OUTLINE) return "";
  PathWords words{.text = "", .scale = 1000.0 / face->units_per_EM};
  FT_Outline_Funcs funcs{};
  funcs.move_to = [](const FT_Vector* to, void* user) {
    auto& path = *static_cast<PathWords*>(user);
    path.close();
    path.text += "M";
    path.point(*to);
    return 0;
  };
  funcs.line_to = [](const FT_Vector* to, void* user) {
    auto& path = *static_cast<PathWords*>(user);
    path.text += "L";
    path.point(*to);
    return 0;
  };
  funcs.conic_to = [](const FT_Vector* by, const FT_Vector* to, void* user) {
    auto& path = *static_cast<PathWords*>(user);
    path.text += "Q";
    path.point(*by);
    path.text += " ";
    path.point(*to);
    return 0;
  };
  funcs.cubic_to = [](const FT_Vector* by, const FT_Vector* then, const FT_Vector* to, void* user) {
    auto& path = *static_cast<PathWords*>(user);
    path.text += "C";
    path.point(*by);
    path.text += " ";
    path.point(*then);
    path.text += " ";
    path.point(*to);
    return 0;
  };
  FT_Outline_Decompose(&face->glyph->outline, &funcs, &words);
  words.close();
  return words.text;
}

}  // namespace fovea

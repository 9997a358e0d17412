// Figures for papers. SVG is written here, number by number: Cairo's own numbers its parts through a whole process, so
// that the same figure would not have the same bytes twice; letters are outlines, each defined once, with their words
// beside them. PDF is Cairo's, with fonts embedded as far as they are used.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <memory>
#include <string>

#include <cairo-pdf.h>
#include <cairo.h>

#include <fovea/error.h>
#include <fovea/figure.h>

#include "image/base64.h"
#include "image/cairo_text.h"
#include "image/graphemes.h"
#include "image/text.h"

namespace fovea {
namespace {

// --- SVG ---

/// Words a length with up to two digits behind the point.
std::string svg_number(double value) {
  char text[40];
  const double rounded = std::round(100 * value) / 100;
  const auto end = std::to_chars(text, text + sizeof text, rounded == 0 ? 0.0 : rounded).ptr;
  return {text, end};
}

std::string svg_colour(Colour colour) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text = "#";
  for (const std::uint8_t part : colour) {
    text += digits[part >> 4U];
    text += digits[part & 15U];
  }
  return text;
}

std::string svg_words(std::string_view text) {
  std::string words;
  for (const char c : clean_text(text)) {
    switch (c) {
      case '&': words += "&amp;"; break;
      case '<': words += "&lt;"; break;
      case '"': words += "&quot;"; break;
      default: words += c;
    }
  }
  return words;
}

class SvgPage {
 public:
  void draw(const Figure& figure) {
    body_ += "<rect width=\"" + std::to_string(figure.width) + "\" height=\"" + std::to_string(figure.height) +
             "\" fill=\"" + svg_colour(figure.ground) + "\"/>\n";
    for (const Mark& mark : figure.marks) {
      std::visit([&](const auto& one) { this->put(one); }, mark);
    }
  }

  std::string text(const Figure& figure) const {
    const std::string width = std::to_string(figure.width);
    const std::string height = std::to_string(figure.height);
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" "
           "xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"" +
           width + "\" height=\"" + height + "\" viewBox=\"0 0 " + width + " " + height + "\">\n<defs>\n" + defs_ +
           "</defs>\n" + body_ + "</svg>\n";
  }

 private:
  void put(const marks::Box& box) {
    body_ += "<rect x=\"" + std::to_string(box.x0) + "\" y=\"" + std::to_string(box.y0) + "\" width=\"" +
             std::to_string(box.x1 - box.x0) + "\" height=\"" + std::to_string(box.y1 - box.y0) + "\" fill=\"" +
             svg_colour(box.colour) + "\" shape-rendering=\"crispEdges\"/>\n";
  }

  void put(const marks::Stroke& stroke) {
    body_ += "<polyline points=\"";
    for (std::size_t i = 0; i < stroke.points.size(); ++i) {
      body_ += (i > 0 ? " " : "") + svg_number(stroke.points[i].x) + "," + svg_number(stroke.points[i].y);
    }
    body_ += "\" fill=\"none\" stroke=\"" + svg_colour(stroke.colour) + "\" stroke-width=\"" +
             svg_number(stroke.thickness) + "\" stroke-linejoin=\"round\"";
    if (stroke.dash > 0) body_ += " stroke-dasharray=\"" + svg_number(stroke.dash) + "\"";
    body_ += "/>\n";
  }

  void put(const marks::Disc& disc) {
    body_ += "<circle cx=\"" + svg_number(disc.centre.x) + "\" cy=\"" + svg_number(disc.centre.y) + "\" r=\"" +
             svg_number(disc.radius) + "\" fill=\"" + svg_colour(disc.colour) + "\"";
    if (disc.opacity < 1) body_ += " fill-opacity=\"" + svg_number(disc.opacity) + "\"";
    body_ += "/>\n";
  }

  void put(const marks::Writing& writing) {
    // Outlines are in thousandths of the em; places within the text are so, too.
    const double scale = writing.size / 1000;
    char scaled[40];
    const auto end = std::to_chars(scaled, scaled + sizeof scaled, std::round(scale * 1e7) / 1e7).ptr;
    body_ += "<g role=\"img\" aria-label=\"" + svg_words(writing.text) + "\" fill=\"" + svg_colour(writing.colour) +
             "\" transform=\"translate(" + svg_number(writing.start.x) + " " + svg_number(writing.start.y) + ")" +
             (writing.turned ? " rotate(-90)" : "") + " scale(" + std::string(scaled, end) + ")\">";
    for (const GlyphRun& run : shaped(writing.text, writing.weight)->runs) {
      for (const Glyph& glyph : run.glyphs) {
        const std::string& id = glyph_id(*run.font, glyph.number);
        if (id.empty()) continue;
        body_ += "<use xlink:href=\"#" + id + "\" x=\"" + std::to_string(std::lround(1000 * glyph.x)) + "\"";
        if (glyph.y != 0) body_ += " y=\"" + std::to_string(std::lround(-1000 * glyph.y)) + "\"";
        body_ += "/>";
      }
    }
    body_ += "</g>\n";
  }

  void put(const marks::Picture& picture) {
    body_ +=
        "<image x=\"" + std::to_string(picture.x) + "\" y=\"" + std::to_string(picture.y) + "\" width=\"" +
        std::to_string(picture.image->width) + "\" height=\"" + std::to_string(picture.image->height) +
        "\" image-rendering=\"pixelated\" style=\"image-rendering:pixelated\" xlink:href=\"data:image/png;base64," +
        base64(encode_image(*picture.image, ".png")) + "\"/>\n";
  }

  void put(const marks::Inset& inset) {
    // An svg within cuts off at its borders by itself.
    body_ += "<svg x=\"" + std::to_string(inset.x) + "\" y=\"" + std::to_string(inset.y) + "\" width=\"" +
             std::to_string(inset.figure->width) + "\" height=\"" + std::to_string(inset.figure->height) + "\">\n";
    draw(*inset.figure);
    body_ += "</svg>\n";
  }

  /// Defines a glyph when it is first met; empty for one that shows nothing.
  const std::string& glyph_id(const Font& font, std::uint32_t glyph) {
    const auto [place, is_new] = glyphs_.try_emplace({&font, glyph});
    if (!is_new) return place->second;
    const std::string outline = CairoText().outline(font, glyph);
    if (outline.empty()) return place->second;
    place->second = "g" + std::to_string(++defined_);
    defs_ += "<path id=\"" + place->second + "\" d=\"" + outline + "\"/>\n";
    return place->second;
  }

  std::string defs_;
  std::string body_;
  std::map<std::pair<const Font*, std::uint32_t>, std::string> glyphs_;
  int defined_ = 0;
};

// --- PDF ---

void set_pen(cairo_t* cairo, Colour colour, double opacity = 1) {
  cairo_set_source_rgba(cairo, colour[0] / 255.0, colour[1] / 255.0, colour[2] / 255.0, opacity);
}

/// The page of a PDF. Fonts stay with this thread until it is finished, for Cairo reads them once more when it embeds
/// them.
class PdfPage {
 public:
  void draw(cairo_t* cairo, const Figure& figure) {
    put(cairo, marks::Box{0, 0, figure.width, figure.height, figure.ground});
    for (const Mark& mark : figure.marks) {
      std::visit([&](const auto& one) { this->put(cairo, one); }, mark);
    }
  }

 private:
  void put(cairo_t* cairo, const marks::Box& box) {
    set_pen(cairo, box.colour);
    cairo_rectangle(cairo, box.x0, box.y0, box.x1 - box.x0, box.y1 - box.y0);
    cairo_fill(cairo);
  }

  void put(cairo_t* cairo, const marks::Stroke& stroke) {
    set_pen(cairo, stroke.colour);
    cairo_set_line_width(cairo, stroke.thickness);
    cairo_set_dash(cairo, &stroke.dash, stroke.dash > 0 ? 1 : 0, 0);
    cairo_new_path(cairo);
    for (const marks::Point& point : stroke.points) cairo_line_to(cairo, point.x, point.y);
    cairo_stroke(cairo);
  }

  /// A line of no length with round ends: a few bytes, where an arc takes four curves.
  void put(cairo_t* cairo, const marks::Disc& disc) {
    set_pen(cairo, disc.colour, disc.opacity);
    cairo_set_line_cap(cairo, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_width(cairo, 2 * disc.radius);
    cairo_set_dash(cairo, nullptr, 0, 0);
    cairo_new_path(cairo);
    cairo_move_to(cairo, disc.centre.x, disc.centre.y);
    cairo_line_to(cairo, disc.centre.x, disc.centre.y);
    cairo_stroke(cairo);
    cairo_set_line_cap(cairo, CAIRO_LINE_CAP_BUTT);
  }

  void put(cairo_t* cairo, const marks::Writing& writing) { text_.show(cairo, writing); }

  /// In strips, for Cairo has a largest picture.
  void put(cairo_t* cairo, const marks::Picture& picture) {
    constexpr int most = 16'384;
    const Image& image = *picture.image;
    for (int top = 0; top < image.height; top += most) {
      for (int left = 0; left < image.width; left += most) {
        const int width = std::min(most, image.width - left);
        const int height = std::min(most, image.height - top);
        const std::unique_ptr<cairo_surface_t, void (*)(cairo_surface_t*)> surface(
            cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height), cairo_surface_destroy);
        std::uint8_t* pixels = cairo_image_surface_get_data(surface.get());
        if (pixels == nullptr)
          throw Error(ErrorKind::resource, "no room for the pixels of a figure", "draw a smaller one");
        cairo_surface_flush(surface.get());
        for (int y = 0; y < height; ++y) {
          const std::uint8_t* from = image.at(left, top + y);
          std::uint8_t* to = pixels + static_cast<std::ptrdiff_t>(y) * cairo_image_surface_get_stride(surface.get());
          for (int x = 0; x < width; ++x, from += 3, to += 4) {
            to[0] = from[2];
            to[1] = from[1];
            to[2] = from[0];
          }
        }
        cairo_surface_mark_dirty(surface.get());
        cairo_set_source_surface(cairo, surface.get(), picture.x + left, picture.y + top);
        cairo_pattern_set_filter(cairo_get_source(cairo), CAIRO_FILTER_NEAREST);  // pixels are seen as they are
        cairo_rectangle(cairo, picture.x + left, picture.y + top, width, height);
        cairo_fill(cairo);
      }
    }
  }

  void put(cairo_t* cairo, const marks::Inset& inset) {
    cairo_save(cairo);
    cairo_translate(cairo, inset.x, inset.y);
    cairo_rectangle(cairo, 0, 0, inset.figure->width, inset.figure->height);
    cairo_clip(cairo);
    draw(cairo, *inset.figure);
    cairo_restore(cairo);
  }

  CairoText text_;
};

}  // namespace

std::string svg_of(const Figure& figure) {
  SvgPage page;
  page.draw(figure);
  return page.text(figure);
}

std::vector<std::uint8_t> pdf_of(const Figure& figure) {
  constexpr double points_per_px = 0.75;  // 96 px and 72 points to the inch
  std::vector<std::uint8_t> bytes;
  PdfPage page;
  const auto take = [](void* into, const unsigned char* data, unsigned length) {
    auto& all = *static_cast<std::vector<std::uint8_t>*>(into);
    all.insert(all.end(), data, data + length);
    return CAIRO_STATUS_SUCCESS;
  };
  const std::unique_ptr<cairo_surface_t, void (*)(cairo_surface_t*)> surface(
      cairo_pdf_surface_create_for_stream(take, &bytes, points_per_px * std::max(1, figure.width),
                                          points_per_px * std::max(1, figure.height)),
      cairo_surface_destroy);
  // The same figure is the same file on every day.
  cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_CREATE_DATE, "2000-01-01T00:00:00Z");
  cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_CREATOR, "Fovea");
  {
    const std::unique_ptr<cairo_t, void (*)(cairo_t*)> cairo(cairo_create(surface.get()), cairo_destroy);
    cairo_scale(cairo.get(), points_per_px, points_per_px);
    cairo_set_line_join(cairo.get(), CAIRO_LINE_JOIN_ROUND);
    page.draw(cairo.get(), figure);
    cairo_show_page(cairo.get());
  }
  cairo_surface_finish(surface.get());
  const cairo_status_t status = cairo_surface_status(surface.get());
  if (status != CAIRO_STATUS_SUCCESS) {
    throw Error(ErrorKind::internal, std::string("a figure does not become a PDF: ") + cairo_status_to_string(status));
  }
  return bytes;
}

}  // namespace fovea

// Figures as lists of marks. Lines along an axis are moved onto whole pixels here, so that pixels, SVG and PDF show the
// same.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/figure.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include <fovea/error.h>

#include "core/atomic_file.h"
#include "core/lower_case.h"
#include "image/fonts.h"
#include "image/text.h"

namespace fovea {
namespace {

constexpr double dash_length = 7;

/// Moves the middle of a line along an axis so that its edges lie on whole pixels.
double on_pixels(double middle, double thickness) {
  const auto whole = std::max(1L, std::lround(thickness));
  return whole % 2 == 1 ? std::floor(middle) + 0.5 : std::round(middle);
}

void stroke(Figure& figure, double x0, double y0, double x1, double y1, Colour colour, double thickness, double dash) {
  if (x0 == x1) x0 = x1 = on_pixels(x0, thickness);
  if (y0 == y1) y0 = y1 = on_pixels(y0, thickness);
  figure.add(marks::Stroke{{{x0, y0}, {x1, y1}}, colour, thickness, dash});
}

void write(Figure& figure, marks::Point start, std::string_view text, int height, Colour colour, Weight weight,
           bool turned) {
  figure.add(marks::Writing{start, std::string(text), em_of(height), colour, weight, turned});
}

/// Collects the fonts of a figure's text by their order.
void collect_fonts(const Figure& figure, std::map<std::pair<std::size_t, std::string>, FontUse>& found) {
  for (const Mark& mark : figure.marks) {
    if (const auto* inset = std::get_if<marks::Inset>(&mark)) collect_fonts(*inset->figure, found);
    const auto* writing = std::get_if<marks::Writing>(&mark);
    if (writing == nullptr) continue;
    for (const GlyphRun& run : shaped(writing->text, writing->weight)->runs) {
      const FontUse& use = run.font->use;
      found.emplace(std::pair{run.font->rank, use.file}, use);
    }
  }
}

}  // namespace

Figure::Figure(Image picture) : width(picture.width), height(picture.height) {
  if (width > 0 && height > 0) add(marks::Picture{std::make_shared<const Image>(std::move(picture)), 0, 0});
}

void Figure::add(Mark mark) { marks.push_back(std::move(mark)); }

const Image* Figure::picture() const {
  const auto* only = marks.size() == 1 ? std::get_if<marks::Picture>(marks.data()) : nullptr;
  const bool whole =
      only != nullptr && only->x == 0 && only->y == 0 && only->image->width == width && only->image->height == height;
  return whole ? only->image.get() : nullptr;
}

void fill_box(Figure& figure, int x0, int y0, int x1, int y1, Colour colour) {
  if (x0 < x1 && y0 < y1) figure.add(marks::Box{x0, y0, x1, y1, colour});
}

void outline_box(Figure& figure, int x0, int y0, int x1, int y1, Colour colour, int thickness) {
  const int down = std::min(thickness, y1 - y0);
  const int across = std::min(thickness, x1 - x0);
  fill_box(figure, x0, y0, x1, y0 + down, colour);
  fill_box(figure, x0, y1 - down, x1, y1, colour);
  fill_box(figure, x0, y0, x0 + across, y1, colour);
  fill_box(figure, x1 - across, y0, x1, y1, colour);
}

void draw_line(Figure& figure, double x0, double y0, double x1, double y1, Colour colour, double thickness) {
  stroke(figure, x0, y0, x1, y1, colour, thickness, 0);
}

void draw_dashed(Figure& figure, double x0, double y0, double x1, double y1, Colour colour) {
  constexpr double thickness = 2;
  stroke(figure, x0, y0, x1, y1, colour, thickness, dash_length);
}

void draw_polyline(Figure& figure, std::vector<marks::Point> points, Colour colour, double thickness) {
  if (points.size() >= 2) figure.add(marks::Stroke{std::move(points), colour, thickness, 0});
}

void draw_disc(Figure& figure, double x, double y, double radius, Colour colour, double opacity) {
  if (radius > 0) figure.add(marks::Disc{{x, y}, radius, colour, std::clamp(opacity, 0.0, 1.0)});
}

int text_width(std::string_view text, int height, Weight weight) {
  if (height <= 0 || text.empty()) return 0;
  return static_cast<int>(std::ceil(shaped(text, weight)->width * em_of(height) - 1e-6));
}

int draw_text(Figure& figure, int x, int y, std::string_view text, int height, Colour colour, Weight weight) {
  if (height <= 0 || text.empty()) return 0;
  write(figure, {double(x), double(y + base_line_of(height))}, text, height, colour, weight, false);
  return text_width(text, height, weight);
}

void draw_centred(Figure& figure, double x, int y, std::string_view text, int height, Colour colour, Weight weight) {
  draw_text(figure, static_cast<int>(std::lround(x - text_width(text, height, weight) / 2.0)), y, text, height, colour,
            weight);
}

void draw_flush_right(Figure& figure, int x, int y, std::string_view text, int height, Colour colour, Weight weight) {
  draw_text(figure, x - text_width(text, height, weight), y, text, height, colour, weight);
}

void draw_upwards(Figure& figure, int x, int y, std::string_view text, int height, Colour colour, Weight weight) {
  if (height <= 0 || text.empty()) return;
  write(figure, {double(x + base_line_of(height)), double(y)}, text, height, colour, weight, true);
}

void paste(Figure& target, Image source, int x, int y) {
  if (source.width <= 0 || source.height <= 0) return;
  target.add(marks::Picture{std::make_shared<const Image>(std::move(source)), x, y});
}

void paste(Figure& target, Figure source, int x, int y) {
  if (source.width <= 0 || source.height <= 0) return;
  target.add(marks::Inset{std::make_shared<const Figure>(std::move(source)), x, y});
}

std::vector<FontUse> fonts_of(const Figure& figure) {
  std::map<std::pair<std::size_t, std::string>, FontUse> found;
  collect_fonts(figure, found);
  std::vector<FontUse> fonts;
  for (auto& [rank, use] : found) fonts.push_back(std::move(use));
  return fonts;
}

void write_figure(const std::filesystem::path& path, const Figure& figure) {
  const std::string ending = ending_of(path);
  if (ending == ".svg") {
    const std::string svg = svg_of(figure);
    write_whole(path, std::as_bytes(std::span(svg)));
  } else if (ending == ".pdf") {
    const std::vector<std::uint8_t> pdf = pdf_of(figure);
    write_whole(path, std::as_bytes(std::span(pdf)));
  } else if (const Image* picture = figure.picture()) {
    write_image(path, *picture);
  } else {
    write_image(path, rasterise(figure));
  }
}

}  // namespace fovea

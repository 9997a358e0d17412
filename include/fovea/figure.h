// Figures: pages, plots and sheets as lists of what is drawn, so that one drawing becomes pixels (.png, .jpg, .webp) or
// lines and letters for papers (.svg, .pdf).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <fovea/api.h>
#include <fovea/image.h>

namespace FOVEA_API fovea {

/// How thick letters are.
enum class Weight { regular, bold };

class Figure;

/// What a figure's list is made of; all sizes in px.
namespace marks {

/// A point, px from its left and its top; the pixel (0, 0) takes [0,1) x [0,1).
struct Point {
  double x = 0, y = 0;
};

/// A filled rectangle [x0,x1) x [y0,y1).
struct Box {
  int x0, y0, x1, y1;
  Colour colour;
};
/// A line through points, with round corners; `dash` px long dashes with as much between them, 0 for none.
struct Stroke {
  std::vector<Point> points;
  Colour colour;
  double thickness;
  double dash;
};
/// A filled disc.
struct Disc {
  Point centre;
  double radius;
  Colour colour;
  double opacity;
};
/// A line of text in UTF-8 that begins at `start`, the left end of its base line; `turned` runs upwards.
struct Writing {
  Point start;
  std::string text;
  double size;  ///< of the font's em
  Colour colour;
  Weight weight;
  bool turned;
};
/// A picture, pixel by pixel, its top left corner at (x, y).
struct Picture {
  std::shared_ptr<const Image> image;
  int x, y;
};
/// Another figure, its top left corner at (x, y), cut off at its borders.
struct Inset {
  std::shared_ptr<const Figure> figure;
  int x, y;
};

}  // namespace marks

/// One thing that is drawn.
using Mark = std::variant<marks::Box, marks::Stroke, marks::Disc, marks::Writing, marks::Picture, marks::Inset>;

/// A drawing: what is drawn on a ground of one colour, in that order. What lies outside is cut off.
class Figure {
 public:
  Figure() = default;
  /// An empty ground.
  Figure(int across, int down, Colour colour = {255, 255, 255}) : width(across), height(down), ground(colour) {}
  /// A picture is a figure, too.
  Figure(Image picture);  // NOLINT(google-explicit-constructor): wherever a figure is drawn, a picture may stand

  /// Draws over all that was drawn before.
  void add(Mark mark);

  /// Returns the picture that the figure is, or null where it is more than one.
  const Image* picture() const;

  int width = 0;   ///< px
  int height = 0;  ///< px
  Colour ground{255, 255, 255};
  std::vector<Mark> marks;
};

// --- drawing ---

/// Fills the rectangle [x0,x1) x [y0,y1).
void fill_box(Figure& figure, int x0, int y0, int x1, int y1, Colour colour);
/// Draws the rectangle's outline, `thickness` px inwards from its edges.
void outline_box(Figure& figure, int x0, int y0, int x1, int y1, Colour colour, int thickness = 1);
/// Draws a line; one along an axis lies on whole pixels.
void draw_line(Figure& figure, double x0, double y0, double x1, double y1, Colour colour, double thickness = 1);
/// Draws a dashed line, 2 px thick; one along an axis lies on whole pixels.
void draw_dashed(Figure& figure, double x0, double y0, double x1, double y1, Colour colour);
/// Draws a line through points.
void draw_polyline(Figure& figure, std::vector<marks::Point> points, Colour colour, double thickness = 2);
/// Draws a filled disc; `opacity` in 0..1.
void draw_disc(Figure& figure, double x, double y, double radius, Colour colour, double opacity = 1);
/// Draws a line of text in UTF-8 with its top left corner at (x, y); returns its width. `height` is the line's height;
/// the base line lies at 27/35 of it. What is no UTF-8 becomes U+FFFD, control characters become spaces. Throws
/// `Error(file)` naming a font that is missing.
int draw_text(Figure& figure, int x, int y, std::string_view text, int height, Colour colour,
              Weight weight = Weight::regular);
/// Draws text centred about `x`, its top at `y`.
void draw_centred(Figure& figure, double x, int y, std::string_view text, int height, Colour colour,
                  Weight weight = Weight::regular);
/// Draws text that ends at `x`, its top at `y`.
void draw_flush_right(Figure& figure, int x, int y, std::string_view text, int height, Colour colour,
                      Weight weight = Weight::regular);
/// Draws text that runs upwards from `y`, the top of its letters at `x`.
void draw_upwards(Figure& figure, int x, int y, std::string_view text, int height, Colour colour,
                  Weight weight = Weight::regular);
/// Tells the width in px that `draw_text` takes.
int text_width(std::string_view text, int height, Weight weight = Weight::regular);

/// Puts a picture into a figure, its top left corner at (x, y).
void paste(Figure& target, Image source, int x, int y);
/// Puts a figure into another.
void paste(Figure& target, Figure source, int x, int y);

// --- sheets ---

/// One tile of a sheet.
struct Tile {
  Figure image;
  std::string label;
};

/// Lays tiles out in a grid on white, each under its label, with a title line; tiles are scaled to `tile_size` px.
Figure sheet(std::span<const Tile> tiles, int columns, std::string_view title, int tile_size = 224);

// --- what a figure becomes ---

/// Draws a figure as pixels; edges are smooth.
Image rasterise(const Figure& figure);

/// Words a figure as SVG: letters as their outlines, each text with its words for readers; the same bytes every time.
std::string svg_of(const Figure& figure);
/// Writes a figure as a PDF of one page, 96 px to the inch: text can be searched and copied; no date of today.
std::vector<std::uint8_t> pdf_of(const Figure& figure);

/// Writes a figure whole or not at all; format by extension: .svg, .pdf, or pixels (.png, .jpg, .webp). Throws
/// `Error(file)` when the place cannot be written, `Error(usage)` for another extension.
void write_figure(const std::filesystem::path& path, const Figure& figure);

/// A font that text was drawn with.
struct FontUse {
  std::string family;   ///< "DejaVu Sans", "DejaVu Sans Bold"
  std::string version;  ///< as the file says it: "Version 2.37"
  std::string file;     ///< its name, without the folder
};
/// Tells the fonts of a figure's text, in the order in which they are tried; none where there is no text.
std::vector<FontUse> fonts_of(const Figure& figure);

}  // namespace fovea

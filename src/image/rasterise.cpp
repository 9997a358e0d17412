// Figures as pixels. Boxes and pictures are copied; lines and letters are drawn by Cairo with smooth edges, in bands of
// rows, for Cairo has a largest picture; discs are stamped: the share of each pixel that a disc covers, known for each
// radius at 8 x 8 places between pixels, so that a hundred thousand points take no longer than a few large ones.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <tuple>

#include <cairo.h>

#include <fovea/error.h>
#include <fovea/figure.h>

#include "image/cairo_text.h"

namespace fovea {
namespace {

constexpr int bytes_per_pixel = 4;  // of Cairo's pictures: blue, green, red and one that is not used

/// The pixels [x0,x1) x [y0,y1).
struct Window {
  int x0, y0, x1, y1;

  Window within(const Window& other) const {
    return {std::max(x0, other.x0), std::max(y0, other.y0), std::min(x1, other.x1), std::min(y1, other.y1)};
  }
  bool empty() const { return x0 >= x1 || y0 >= y1; }
};

/// How much of each pixel of a square a disc covers, 0 to 255.
struct Stamp {
  int side = 0;
  std::vector<std::uint8_t> cover;
};

/// Stamps of one figure.
class Stamps {
 public:
  static constexpr int phases = 8;  // places between pixels, along each axis

  /// Returns the disc whose centre lies `phase`/8 px from the middle pixel's left and top.
  const Stamp& of(double radius, int phase_x, int phase_y) {
    const auto [place, is_new] = stamps_.try_emplace({radius, phase_x, phase_y});
    if (is_new) place->second = made(radius, phase_x, phase_y);
    return place->second;
  }

 private:
  /// Counts 32 x 32 points of each pixel.
  static Stamp made(double radius, int phase_x, int phase_y) {
    constexpr int points = 32;
    const int reach = static_cast<int>(std::ceil(radius)) + 1;
    Stamp stamp{.side = 2 * reach + 1, .cover = {}};
    const double x = reach + static_cast<double>(phase_x) / phases;
    const double y = reach + static_cast<double>(phase_y) / phases;
    for (int row = 0; row < stamp.side; ++row) {
      for (int column = 0; column < stamp.side; ++column) {
        int inside = 0;
        for (int i = 0; i < points * points; ++i) {
          const double dx = column + (i % points + 0.5) / points - x;
          const double dy = row + (i / points + 0.5) / points - y;
          inside += dx * dx + dy * dy <= radius * radius ? 1 : 0;
        }
        stamp.cover.push_back(static_cast<std::uint8_t>(std::lround(255.0 * inside / (points * points))));
      }
    }
    return stamp;
  }

  std::map<std::tuple<double, int, int>, Stamp> stamps_;
};

/// The box of pixels that a line may touch.
Window reach_of(const marks::Stroke& stroke) {
  const double around = stroke.thickness + 1;
  Window window{INT_MAX, INT_MAX, INT_MIN, INT_MIN};
  for (const marks::Point& point : stroke.points) {
    window.x0 = std::min(window.x0, static_cast<int>(std::floor(point.x - around)));
    window.y0 = std::min(window.y0, static_cast<int>(std::floor(point.y - around)));
    window.x1 = std::max(window.x1, static_cast<int>(std::ceil(point.x + around)));
    window.y1 = std::max(window.y1, static_cast<int>(std::ceil(point.y + around)));
  }
  return window;
}

/// The box of pixels that a text may touch; accents of some scripts stand high.
Window reach_of(const marks::Writing& writing) {
  const auto em = static_cast<int>(std::ceil(writing.size));
  const auto x = static_cast<int>(std::floor(writing.start.x));
  const auto y = static_cast<int>(std::floor(writing.start.y));
  const auto length = static_cast<int>(std::ceil(shaped(writing.text, writing.weight)->width * writing.size));
  if (writing.turned) return {x - 2 * em, y - length - em, x + 2 * em, y + em};
  return {x - em, y - 2 * em, x + length + em, y + 2 * em};
}

/// A band of a figure's rows (and columns) while it is drawn.
class Band {
 public:
  Band(Window window, Stamps& stamps)
      : window_(window),
        stamps_(stamps),
        surface_(cairo_image_surface_create(CAIRO_FORMAT_RGB24, window.x1 - window.x0, window.y1 - window.y0),
                 cairo_surface_destroy),
        cairo_(cairo_create(surface_.get()), cairo_destroy) {
    if (cairo_status(cairo_.get()) != CAIRO_STATUS_SUCCESS) {
      throw Error(ErrorKind::resource, "no room for the pixels of a figure", "draw a smaller one");
    }
    pixels_ = cairo_image_surface_get_data(surface_.get());
    stride_ = cairo_image_surface_get_stride(surface_.get());
    cairo_set_line_join(cairo_.get(), CAIRO_LINE_JOIN_ROUND);
  }

  /// Draws a figure whose top left corner lies at (x, y), cut off at `bounds`.
  void draw(const Figure& figure, int x, int y, const Window& bounds) {
    const Window visible = bounds.within({x, y, x + figure.width, y + figure.height});
    if (visible.empty()) return;
    fill(visible, figure.ground);
    for (const Mark& mark : figure.marks) {
      std::visit([&](const auto& one) { this->put(one, x, y, visible); }, mark);
    }
  }

  /// Copies the band to where it belongs.
  void copy_to(Image& image) {
    settle();
    for (int y = window_.y0; y < window_.y1; ++y) {
      const std::uint8_t* from = at(window_.x0, y);
      std::uint8_t* to = image.at(window_.x0, y);
      for (int x = window_.x0; x < window_.x1; ++x, from += bytes_per_pixel, to += 3) {
        to[0] = from[2];
        to[1] = from[1];
        to[2] = from[0];
      }
    }
  }

 private:
  std::uint8_t* at(int x, int y) {
    return pixels_ + static_cast<std::ptrdiff_t>(y - window_.y0) * stride_ +
           static_cast<std::ptrdiff_t>(x - window_.x0) * bytes_per_pixel;
  }

  /// Before pixels are written without Cairo.
  void settle() {
    if (!drawn_) return;
    cairo_surface_flush(surface_.get());
    drawn_ = false;
  }

  /// Begins drawing by Cairo, within bounds, at an origin.
  cairo_t* begin(int x, int y, const Window& visible) {
    cairo_t* cairo = cairo_.get();
    if (!drawn_) cairo_surface_mark_dirty(surface_.get());
    drawn_ = true;
    cairo_save(cairo);
    cairo_translate(cairo, -window_.x0, -window_.y0);
    cairo_rectangle(cairo, visible.x0, visible.y0, visible.x1 - visible.x0, visible.y1 - visible.y0);
    cairo_clip(cairo);
    cairo_translate(cairo, x, y);
    return cairo;
  }
  void end() { cairo_restore(cairo_.get()); }

  void fill(const Window& box, Colour colour) {
    settle();
    for (int y = box.y0; y < box.y1; ++y) {
      std::uint8_t* pixel = at(box.x0, y);
      for (int x = box.x0; x < box.x1; ++x, pixel += bytes_per_pixel) {
        pixel[0] = colour[2];
        pixel[1] = colour[1];
        pixel[2] = colour[0];
      }
    }
  }

  static bool misses(Window reach, int x, int y, const Window& visible) {
    return Window{reach.x0 + x, reach.y0 + y, reach.x1 + x, reach.y1 + y}.within(visible).empty();
  }

  void put(const marks::Box& box, int x, int y, const Window& visible) {
    const Window part = visible.within({box.x0 + x, box.y0 + y, box.x1 + x, box.y1 + y});
    if (!part.empty()) fill(part, box.colour);
  }

  void put(const marks::Stroke& stroke, int x, int y, const Window& visible) {
    if (misses(reach_of(stroke), x, y, visible)) return;
    cairo_t* cairo = begin(x, y, visible);
    cairo_set_source_rgb(cairo, stroke.colour[0] / 255.0, stroke.colour[1] / 255.0, stroke.colour[2] / 255.0);
    cairo_set_line_width(cairo, stroke.thickness);
    cairo_set_dash(cairo, &stroke.dash, stroke.dash > 0 ? 1 : 0, 0);
    cairo_new_path(cairo);
    for (const marks::Point& point : stroke.points) cairo_line_to(cairo, point.x, point.y);
    cairo_stroke(cairo);
    end();
  }

  void put(const marks::Disc& disc, int x, int y, const Window& visible) {
    constexpr double largest_stamp = 32;
    if (disc.radius > largest_stamp) return put_large(disc, x, y, visible);
    const auto phase_of = [](double place) { return static_cast<long>(std::lround(place * Stamps::phases)); };
    const long fine_x = phase_of(disc.centre.x + x);
    const long fine_y = phase_of(disc.centre.y + y);
    const auto middle_x = static_cast<int>(std::floor(static_cast<double>(fine_x) / Stamps::phases));
    const auto middle_y = static_cast<int>(std::floor(static_cast<double>(fine_y) / Stamps::phases));
    const int reach = static_cast<int>(std::ceil(disc.radius)) + 1;
    const int left = middle_x - reach;
    const int top = middle_y - reach;
    const Window part = visible.within({left, top, left + 2 * reach + 1, top + 2 * reach + 1});
    if (part.empty()) return;
    settle();
    const Stamp& stamp = stamps_.of(disc.radius, static_cast<int>(fine_x - long{middle_x} * Stamps::phases),
                                    static_cast<int>(fine_y - long{middle_y} * Stamps::phases));
    const int opacity = static_cast<int>(std::lround(disc.opacity * 256));
    for (int row = part.y0; row < part.y1; ++row) {
      const std::uint8_t* cover = stamp.cover.data() + (row - top) * stamp.side + (part.x0 - left);
      std::uint8_t* pixel = at(part.x0, row);
      for (int column = part.x0; column < part.x1; ++column, pixel += bytes_per_pixel, ++cover) {
        constexpr int whole = 255 * 256;
        const int share = *cover * opacity;
        for (int c = 0; c < 3; ++c) {
          const int from = pixel[c];
          const int to = disc.colour[static_cast<std::size_t>(2 - c)];
          pixel[c] = static_cast<std::uint8_t>((from * (whole - share) + to * share + whole / 2) / whole);
        }
      }
    }
  }

  void put_large(const marks::Disc& disc, int x, int y, const Window& visible) {
    cairo_t* cairo = begin(x, y, visible);
    cairo_set_source_rgba(cairo, disc.colour[0] / 255.0, disc.colour[1] / 255.0, disc.colour[2] / 255.0, disc.opacity);
    cairo_new_path(cairo);
    cairo_arc(cairo, disc.centre.x, disc.centre.y, disc.radius, 0, 2 * std::acos(-1.0));
    cairo_fill(cairo);
    end();
  }

  void put(const marks::Writing& writing, int x, int y, const Window& visible) {
    if (misses(reach_of(writing), x, y, visible)) return;
    CairoText().fill(begin(x, y, visible), writing);
    end();
  }

  void put(const marks::Picture& picture, int x, int y, const Window& visible) {
    const int left = picture.x + x;
    const int top = picture.y + y;
    const Window part = visible.within({left, top, left + picture.image->width, top + picture.image->height});
    if (part.empty()) return;
    settle();
    for (int row = part.y0; row < part.y1; ++row) {
      const std::uint8_t* from = picture.image->at(part.x0 - left, row - top);
      std::uint8_t* pixel = at(part.x0, row);
      for (int column = part.x0; column < part.x1; ++column, pixel += bytes_per_pixel, from += 3) {
        pixel[0] = from[2];
        pixel[1] = from[1];
        pixel[2] = from[0];
      }
    }
  }

  void put(const marks::Inset& inset, int x, int y, const Window& visible) {
    draw(*inset.figure, x + inset.x, y + inset.y, visible);
  }

  Window window_;
  Stamps& stamps_;
  std::unique_ptr<cairo_surface_t, void (*)(cairo_surface_t*)> surface_;
  std::unique_ptr<cairo_t, void (*)(cairo_t*)> cairo_;
  std::uint8_t* pixels_ = nullptr;
  int stride_ = 0;
  bool drawn_ = false;  ///< by Cairo, which may not have written it yet
};

}  // namespace

Image rasterise(const Figure& figure) {
  constexpr int most_across = 16'384;  // Cairo's largest is 32,767
  constexpr int pixels_of_a_band = 1 << 23;
  if (const Image* picture = figure.picture()) return *picture;
  Image image = make_image(figure.width, figure.height);
  Stamps stamps;
  for (int x = 0; x < figure.width; x += most_across) {
    const int right = std::min(x + most_across, figure.width);
    const int rows = std::max(1, std::min(pixels_of_a_band / (right - x), 16'384));
    for (int y = 0; y < figure.height; y += rows) {
      const Window window{x, y, right, std::min(y + rows, figure.height)};
      Band band(window, stamps);
      band.draw(figure, 0, 0, window);
      band.copy_to(image);
    }
  }
  return image;
}

}  // namespace fovea

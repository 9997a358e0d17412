// Plots: lines over a grid whose lines lie at 1, 2 or 5 times a power of ten, each named at its end in its colour.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/plot.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>

#include "image/page.h"

namespace fovea {
namespace {

using page_style::faint;
using page_style::ink;
using page_style::soft_ink;
using page_style::white;

constexpr Colour axis_grey{150, 150, 150};
constexpr int plot_text_height = 16;
constexpr int plot_title_height = 19;
constexpr int least_left_margin = 64;  // plots that stand under each other have their axes under each other
constexpr int top_margin = 40;
constexpr int bottom_margin = 52;

struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  void take(double value) {
    if (!std::isfinite(value)) return;
    low = std::min(low, value);
    high = std::max(high, value);
  }
};

/// Widens a range to grid lines.
Range rounded_out(Range range, double step) {
  return {std::floor(range.low / step + 1e-9) * step, std::ceil(range.high / step - 1e-9) * step};
}

/// Words a number of an axis, with a minus sign as in print.
std::string shown(double value, double step) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", std::abs(value) < 1e-9 * step ? 0.0 : std::abs(value));
  return (value < -1e-9 * step ? "\u2212" : "") + std::string(text);
}

/// Where numbers lie in the figure.
struct PlotFrame {
  Range x, y;
  double x_step, y_step;
  int left, top, width, height;

  double column(double value) const { return left + (value - x.low) / (x.high - x.low) * width; }
  double row(double value) const { return top + height - (value - y.low) / (y.high - y.low) * height; }
  int right() const { return left + width; }
  int bottom() const { return top + height; }
};

/// Numbers at the grid lines of an axis.
std::vector<double> ticks_of(const Range& range, double step) {
  std::vector<double> ticks;
  const double first = std::ceil(range.low / step - 1e-9);
  for (double i = first; i * step <= range.high + 1e-9 * step; ++i) ticks.push_back(i * step);
  return ticks;
}

int widest_number(const Range& range, double step) {
  int widest = 0;
  for (const double tick : ticks_of(range, step)) {
    widest = std::max(widest, text_width(shown(tick, step), plot_text_height));
  }
  return widest;
}

/// The finest of round steps whose numbers do not touch each other.
double readable_step(const Range& range, int width) {
  constexpr int wanted = 8;
  constexpr int apart = 16;  // px between numbers
  for (int parts = wanted; parts > 1; --parts) {
    const double step = std::max(round_step(range.high - range.low, parts), 1e-9);
    if (widest_number(range, step) + apart <= step / (range.high - range.low) * width) return step;
  }
  return std::max(round_step(range.high - range.low, 1), 1e-9);
}

void draw_plot_grid(Figure& figure, const PlotFrame& frame) {
  constexpr int tick_length = 4;
  for (const double value : ticks_of(frame.y, frame.y_step)) {
    const int y = static_cast<int>(std::lround(frame.row(value)));
    fill_box(figure, frame.left, y, frame.right(), y + 1, faint);
    draw_flush_right(figure, frame.left - 8, y - plot_text_height / 2 + 1, shown(value, frame.y_step), plot_text_height,
                     soft_ink);
  }
  const int base = frame.bottom();
  for (const double value : ticks_of(frame.x, frame.x_step)) {
    const int x = static_cast<int>(std::lround(frame.column(value)));
    fill_box(figure, x, base, x + 1, base + 1 + tick_length, axis_grey);
    draw_centred(figure, x + 0.5, base + tick_length + 4, shown(value, frame.x_step), plot_text_height, soft_ink);
  }
  fill_box(figure, frame.left, base, frame.right() + 1, base + 1, axis_grey);
}

void draw_plot_line(Figure& figure, const PlotFrame& frame, const Line& line) {
  constexpr double thickness = 2;
  constexpr double lone_radius = 3.5;
  std::vector<marks::Point> points;
  const auto finish = [&] {
    if (points.size() == 1) draw_disc(figure, points[0].x, points[0].y, lone_radius, line.colour);
    draw_polyline(figure, std::move(points), line.colour, thickness);
    points.clear();
  };
  for (std::size_t i = 0; i < line.x.size(); ++i) {
    // The grid's lines are the pixels below their numbers' places.
    if (std::isfinite(line.y[i])) {
      points.push_back({frame.column(line.x[i]) + 0.5, frame.row(line.y[i]) + 0.5});
    } else {
      finish();
    }
  }
  finish();
}

/// Writes the lines' labels at their ends, pushed apart where they would overlap.
void draw_line_labels(Figure& figure, const PlotFrame& frame, const std::vector<Line>& lines) {
  struct Label {
    double row;
    const Line* line;
  };
  std::vector<Label> labels;
  for (const Line& line : lines) {
    for (std::size_t i = line.label.empty() ? 0 : line.y.size(); i-- > 0;) {
      if (!std::isfinite(line.y[i])) continue;
      labels.push_back({frame.row(line.y[i]) - plot_text_height / 2.0, &line});
      break;
    }
  }
  std::stable_sort(labels.begin(), labels.end(), [](const Label& a, const Label& b) { return a.row < b.row; });
  constexpr double step = plot_text_height + 2;
  double free_from = frame.top - plot_text_height;
  for (Label& label : labels) {
    label.row = std::max(label.row, free_from);
    free_from = label.row + step;
  }
  double free_to = figure.height - plot_text_height - 2.0;  // those that were pushed out at the bottom push the others
  for (std::size_t i = labels.size(); i-- > 0;) {
    labels[i].row = std::min(labels[i].row, free_to);
    free_to = labels[i].row - step;
  }
  for (const Label& label : labels) {
    draw_text(figure, frame.right() + 8, static_cast<int>(std::lround(label.row)), label.line->label, plot_text_height,
              label.line->colour);
  }
}

}  // namespace

Colour line_colour(std::size_t index) {
  constexpr std::array<Colour, 7> colours{
      {{0, 114, 178}, {213, 94, 0}, {0, 158, 115}, {204, 121, 167}, {86, 180, 233}, {230, 159, 0}, {0, 0, 0}}};
  return colours[index % colours.size()];
}

Figure draw_plot(const Plot& plot) {
  constexpr int wanted_rows = 5;
  constexpr int least_side = 40;
  Figure figure(plot.width, plot.height, white);
  Range x, y;
  int label_width = 0;
  for (const Line& line : plot.lines) {
    for (const double value : line.x) x.take(value);
    for (const double value : line.y) y.take(value);
    label_width = std::max(label_width, text_width(line.label, plot_text_height));
  }
  draw_text(figure, 12, 10, plot.title, plot_title_height, ink, Weight::bold);
  if (!std::isfinite(x.low) || !std::isfinite(y.low)) return figure;  // nothing to draw
  if (plot.from_zero) y.take(0);
  if (plot.up_to) y.take(*plot.up_to);
  if (x.high == x.low) x = {x.low - 0.5, x.high + 0.5};
  if (y.high == y.low) y = {y.low - 0.5, y.high + 0.5};
  const double y_step = round_step(y.high - y.low, wanted_rows);
  y = rounded_out(y, y_step);
  const int left = std::max(least_left_margin, widest_number(y, y_step) + 20);
  const int width = std::max(plot.width - left - label_width - 20, least_side);
  const PlotFrame frame{x,
                        y,
                        readable_step(x, width),
                        y_step,
                        left,
                        top_margin,
                        width,
                        std::max(plot.height - top_margin - bottom_margin, least_side)};
  draw_plot_grid(figure, frame);
  for (const Line& line : plot.lines) draw_plot_line(figure, frame, line);
  draw_line_labels(figure, frame, plot.lines);
  draw_centred(figure, left + width / 2.0, plot.height - plot_text_height - 8, plot.x_label, plot_text_height, ink);
  return figure;
}

Figure stack_figures(const std::vector<Figure>& figures) {
  Figure all;
  for (const Figure& figure : figures) {
    all.width = std::max(all.width, figure.width);
    all.height += figure.height;
  }
  int top = 0;
  for (const Figure& figure : figures) {
    paste(all, figure, 0, top);
    top += figure.height;
  }
  return all;
}

}  // namespace fovea

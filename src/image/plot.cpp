// Plots: lines over a grid whose lines lie at 1, 2 or 5 times a power of ten.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/plot.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>

#include <opencv2/imgproc.hpp>

namespace fovea {
namespace {

constexpr Colour plot_ink{40, 40, 40};
constexpr Colour grid_grey{225, 225, 225};
constexpr int plot_text_height = 16;
constexpr int left_margin = 64;
constexpr int top_margin = 40;
constexpr int bottom_margin = 48;
constexpr int shift = 4;  // fractional bits of OpenCV's coordinates

struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  void take(double value) {
    if (!std::isfinite(value)) return;
    low = std::min(low, value);
    high = std::max(high, value);
  }
};

/// Distance between grid lines: the round number that gives about `wanted` of them.
double grid_step(double span, int wanted) {
  const double raw = span / wanted;
  const double power = std::pow(10.0, std::floor(std::log10(raw)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= raw) return factor * power;
  }
  return 10 * power;
}

/// Widens a range to grid lines; a range of one value to one beside it.
Range rounded_out(Range range, double step) {
  return {std::floor(range.low / step) * step, std::ceil(range.high / step) * step};
}

std::string shown(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", std::abs(value) < 1e-12 ? 0.0 : value);
  return text;
}

/// Where numbers lie in the picture.
struct PlotFrame {
  Range x, y;
  double left, top, width, height;

  cv::Point at(double px, double py) const {
    const double column = left + (px - x.low) / (x.high - x.low) * width;
    const double row = top + height - (py - y.low) / (y.high - y.low) * height;
    return {static_cast<int>(std::lround(column * (1 << shift))), static_cast<int>(std::lround(row * (1 << shift)))};
  }
};

cv::Scalar pen(Colour colour) { return {double(colour[0]), double(colour[1]), double(colour[2])}; }

void draw_grid(Image& image, cv::Mat& pixels, const PlotFrame& frame, double x_step, double y_step) {
  const int rows = static_cast<int>(std::lround((frame.y.high - frame.y.low) / y_step));
  for (int i = 0; i <= rows; ++i) {
    const double value = frame.y.low + i * y_step;
    cv::line(pixels, frame.at(frame.x.low, value), frame.at(frame.x.high, value), pen(grid_grey), 1, cv::LINE_AA,
             shift);
    const std::string text = shown(value);
    draw_text(image, left_margin - 8 - text_width(text, plot_text_height),
              frame.at(0, value).y / (1 << shift) - plot_text_height / 2, text, plot_text_height, plot_ink);
  }
  const int columns = static_cast<int>(std::floor((frame.x.high - frame.x.low) / x_step + 1e-9));
  const double first = std::ceil(frame.x.low / x_step - 1e-9) * x_step;
  for (int i = 0; i <= columns && first + i * x_step <= frame.x.high + 1e-9; ++i) {
    const double value = first + i * x_step;
    cv::line(pixels, frame.at(value, frame.y.low), frame.at(value, frame.y.high), pen(grid_grey), 1, cv::LINE_AA,
             shift);
    const std::string text = shown(value);
    draw_text(image, frame.at(value, 0).x / (1 << shift) - text_width(text, plot_text_height) / 2,
              static_cast<int>(frame.top + frame.height) + 6, text, plot_text_height, plot_ink);
  }
}

void draw_line(cv::Mat& pixels, const PlotFrame& frame, const Line& line) {
  constexpr int thickness = 2;
  for (std::size_t i = 0; i < line.x.size(); ++i) {
    if (!std::isfinite(line.y[i])) continue;
    const cv::Point here = frame.at(line.x[i], line.y[i]);
    if (i > 0 && std::isfinite(line.y[i - 1])) {
      cv::line(pixels, frame.at(line.x[i - 1], line.y[i - 1]), here, pen(line.colour), thickness, cv::LINE_AA, shift);
    }
    if (line.x.size() == 1) cv::circle(pixels, here, 4 << shift, pen(line.colour), cv::FILLED, cv::LINE_AA, shift);
  }
}

/// Writes the lines' labels at their ends, pushed apart where they would overlap.
void draw_labels(Image& image, const PlotFrame& frame, const std::vector<Line>& lines) {
  struct Label {
    double row;
    const Line* line;
  };
  std::vector<Label> labels;
  for (const Line& line : lines) {
    for (std::size_t i = line.y.size(); i-- > 0;) {
      if (!std::isfinite(line.y[i])) continue;
      labels.push_back({frame.at(line.x[i], line.y[i]).y / double(1 << shift) - plot_text_height / 2.0, &line});
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
  double free_to =
      image.height - plot_text_height - 2.0;  // those that were pushed out at the bottom push the others up
  for (std::size_t i = labels.size(); i-- > 0;) {
    labels[i].row = std::min(labels[i].row, free_to);
    free_to = labels[i].row - step;
  }
  for (const Label& label : labels) {
    draw_text(image, static_cast<int>(frame.left + frame.width) + 8, static_cast<int>(label.row), label.line->label,
              plot_text_height, label.line->colour);
  }
}

}  // namespace

Colour line_colour(std::size_t index) {
  constexpr std::array<Colour, 7> colours{
      {{0, 114, 178}, {213, 94, 0}, {0, 158, 115}, {204, 121, 167}, {86, 180, 233}, {230, 159, 0}, {0, 0, 0}}};
  return colours[index % colours.size()];
}

Image draw_plot(const Plot& plot) {
  Image image = make_image(plot.width, plot.height, {255, 255, 255});
  cv::Mat pixels(image.height, image.width, CV_8UC3, image.rgb.data());
  Range x, y;
  int label_width = 0;
  for (const Line& line : plot.lines) {
    for (const double value : line.x) x.take(value);
    for (const double value : line.y) y.take(value);
    label_width = std::max(label_width, text_width(line.label, plot_text_height));
  }
  draw_text(image, left_margin, 10, plot.title, plot_text_height + 4, plot_ink);
  if (!std::isfinite(x.low) || !std::isfinite(y.low)) return image;  // nothing to draw
  if (plot.from_zero) y.take(0);
  if (plot.up_to) y.take(*plot.up_to);
  if (x.high == x.low) x = {x.low - 0.5, x.high + 0.5};
  if (y.high == y.low) y = {y.low - 0.5, y.high + 0.5};
  constexpr int wanted_rows = 5;
  constexpr int wanted_columns = 8;
  const double y_step = grid_step(y.high - y.low, wanted_rows);
  const double x_step = std::max(grid_step(x.high - x.low, wanted_columns), 1e-9);
  const PlotFrame frame{x,
                        rounded_out(y, y_step),
                        left_margin,
                        top_margin,
                        double(std::max(plot.width - left_margin - label_width - 20, 40)),
                        double(std::max(plot.height - top_margin - bottom_margin, 40))};
  draw_grid(image, pixels, frame, x_step, y_step);
  for (const Line& line : plot.lines) draw_line(pixels, frame, line);
  draw_labels(image, frame, plot.lines);
  draw_text(image, static_cast<int>(frame.left + frame.width / 2) - text_width(plot.x_label, plot_text_height) / 2,
            plot.height - plot_text_height - 6, plot.x_label, plot_text_height, plot_ink);
  return image;
}

Image stack_pictures(const std::vector<Image>& pictures) {
  Image all;
  for (const Image& picture : pictures) {
    all.width = std::max(all.width, picture.width);
    all.height += picture.height;
  }
  all = make_image(all.width, all.height, {255, 255, 255});
  int top = 0;
  for (const Image& picture : pictures) {
    for (int row = 0; row < picture.height; ++row) {
      std::copy_n(picture.at(0, row), 3 * static_cast<std::size_t>(picture.width), all.at(0, top + row));
    }
    top += picture.height;
  }
  return all;
}

}  // namespace fovea

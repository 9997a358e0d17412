// The picture of a probe: accuracy by layer and by training pictures, on axes of names.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstdio>

#include <fovea/plot.h>
#include <fovea/probe.h>

#include "image/page.h"

namespace fovea {
namespace {

using namespace page_style;

constexpr int plot_height = 400;
constexpr int left = 60;
constexpr int right = 150;  // for the lines' labels
constexpr int top = 34;
constexpr int bottom = 64;

/// One line over named places.
struct NamedLine {
  std::string label;
  Colour colour{};
  std::vector<double> y;
  std::vector<double> deviation;
};

struct NamedPlot {
  std::string title;
  std::string x_label;
  std::vector<std::string> names;
  std::vector<NamedLine> lines;
  double chance = 0;
};

std::string shots_text(std::int64_t shots) { return shots == all_shots ? "all" : std::to_string(shots); }

const ProbeRow& row_of(const ProbeResult& result, std::size_t value, std::size_t shots) {
  return result.rows[value * (result.rows.size() / result.values.size()) + shots];
}

/// Labels at the lines' ends, pushed apart.
void draw_labels(Figure& image, const NamedPlot& plot, const std::vector<double>& ends) {
  std::vector<std::size_t> order(ends.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return ends[a] < ends[b]; });
  std::vector<double> rows;
  for (const std::size_t i : order) {
    const double wanted = ends[i] - small_text_height / 2.0;
    rows.push_back(rows.empty() ? wanted : std::max(wanted, rows.back() + small_text_height + 2));
  }
  double lowest = plot_height - bottom + small_text_height;
  for (std::size_t k = rows.size(); k-- > 0; lowest = rows[k] - small_text_height - 2)
    rows[k] = std::min(rows[k], lowest);
  for (std::size_t k = 0; k < order.size(); ++k) {
    const std::string label = shortened_to(plot.lines[order[k]].label, right - 14, small_text_height);
    draw_text(image, content_width - right + 10, static_cast<int>(rows[k]), label, small_text_height,
              plot.lines[order[k]].colour);
  }
}

/// Where the axis ends: the even number of tenths above all lines.
int tenths_of(const NamedPlot& plot) {
  double most = 2 * plot.chance;
  for (const NamedLine& line : plot.lines) most = std::max(most, *std::max_element(line.y.begin(), line.y.end()));
  return std::clamp(2 * static_cast<int>(std::ceil(5 * most)), 2, 10);
}

Figure draw_named(const NamedPlot& plot) {
  Figure image(content_width, plot_height, white);
  const double width = content_width - left - right;
  const double height = plot_height - top - bottom;
  const double count = static_cast<double>(plot.names.size());
  const auto x_of = [&](std::size_t i) { return left + (static_cast<double>(i) + 0.5) / count * width; };
  const int tenths = tenths_of(plot);
  const auto y_of = [&](double share) { return top + (1 - 10 * share / tenths) * height; };
  draw_text(image, 0, 0, plot.title, text_height, ink, Weight::bold);
  for (int tenth = 0; tenth <= tenths; tenth += tenths > 4 ? 2 : 1) {
    draw_line(image, left, y_of(tenth / 10.0), left + width, y_of(tenth / 10.0), faint);
    draw_flush_right(image, left - 8, static_cast<int>(y_of(tenth / 10.0)) - small_text_height / 2,
                     std::to_string(10 * tenth) + " %", small_text_height, ink);
  }
  draw_dashed(image, left, y_of(plot.chance), left + width, y_of(plot.chance), soft_ink);
  draw_text(image, left + 4, static_cast<int>(y_of(plot.chance)) + 3, "chance", small_text_height - 2, soft_ink);
  const int room = static_cast<int>(2 * width / count) - 8;  // names stand in two rows in turn
  for (std::size_t i = 0; i < plot.names.size(); ++i) {
    const int row = plot.names.size() > 8 ? static_cast<int>(i % 2) : 0;
    draw_centred(image, x_of(i), plot_height - bottom + 6 + row * (small_text_height + 2),
                 shortened_to(plot.names[i], row > 0 || plot.names.size() > 8 ? room : room / 2, small_text_height),
                 small_text_height, ink);
  }
  draw_centred(image, left + width / 2, plot_height - small_text_height - 4, plot.x_label, small_text_height, soft_ink);
  std::vector<double> ends;
  for (const NamedLine& line : plot.lines) {
    const Colour colour = line.colour;
    for (std::size_t i = 0; i < line.y.size(); ++i) {
      if (i > 0) draw_line(image, x_of(i - 1), y_of(line.y[i - 1]), x_of(i), y_of(line.y[i]), colour, 2);
      const double d = line.deviation[i];
      if (d > 0)
        draw_line(image, x_of(i), y_of(std::min(tenths / 10.0, line.y[i] + d)), x_of(i),
                  y_of(std::max(0.0, line.y[i] - d)), colour);
      draw_disc(image, x_of(i), y_of(line.y[i]), 4, colour);
    }
    ends.push_back(y_of(line.y.back()));
  }
  draw_labels(image, plot, ends);
  return image;
}

NamedPlot by_layer(const ProbeResult& result) {
  NamedPlot plot{.title = "By layer: a line per number of training pictures per class",
                 .x_label = "the layer whose features are read, from the picture to the classes",
                 .names = result.values,
                 .lines = {},
                 .chance = 1.0 / static_cast<double>(result.labels.size())};
  const std::size_t shots = result.rows.size() / result.values.size();
  for (std::size_t s = 0; s < shots; ++s) {
    NamedLine line{.label = shots_text(row_of(result, 0, s).shots) + " per class",
                   .colour = line_colour(s),
                   .y = {},
                   .deviation = {}};
    for (std::size_t v = 0; v < result.values.size(); ++v) {
      line.y.push_back(row_of(result, v, s).accuracy);
      line.deviation.push_back(row_of(result, v, s).deviation);
    }
    plot.lines.push_back(std::move(line));
  }
  return plot;
}

NamedPlot by_shots(const ProbeResult& result) {
  NamedPlot plot{.title = "By training pictures: a line per layer",
                 .x_label = "training pictures per class",
                 .names = {},
                 .lines = {},
                 .chance = 1.0 / static_cast<double>(result.labels.size())};
  const std::size_t shots = result.rows.size() / result.values.size();
  for (std::size_t s = 0; s < shots; ++s) {
    const ProbeRow& row = row_of(result, 0, s);
    plot.names.push_back(row.shots == all_shots
                             ? "all (" +
                                   std::to_string(row.pictures / static_cast<std::int64_t>(result.labels.size())) + ")"
                             : std::to_string(row.shots));
  }
  for (std::size_t v = 0; v < result.values.size(); ++v) {
    // From dark blue to light green with depth; the lightest yellows would not be seen on white.
    const double depth =
        0.85 * static_cast<double>(v) / static_cast<double>(std::max<std::size_t>(result.values.size() - 1, 1));
    NamedLine line{.label = result.values[v],
                   .colour = colour_of("viridis", depth),
                   .y = {},
                   .deviation = std::vector<double>(shots, 0)};
    for (std::size_t s = 0; s < shots; ++s) line.y.push_back(row_of(result, v, s).accuracy);
    plot.lines.push_back(std::move(line));
  }
  return plot;
}

}  // namespace

Figure draw_probe(const ProbeResult& result, std::string_view title) {
  std::vector<Figure> strips{title_strip(title)};
  strips.push_back(draw_named(by_layer(result)));
  strips.push_back(draw_named(by_shots(result)));
  char text[400];
  std::snprintf(text, sizeof text,
                "Share of %lld held-out pictures of %zu classes that a linear classifier names rightly when it reads "
                "one layer of the frozen network; the network itself is not trained further. Whiskers: standard "
                "deviation over draws of the training pictures. Dashed: guessing.",
                static_cast<long long>(result.held_out), result.labels.size());
  strips.push_back(text_strip({text}, small_text_height, soft_ink));
  return page_of(strips);
}

}  // namespace fovea

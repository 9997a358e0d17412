// Plots of where filters' spectra peak: a histogram over radial frequency, and the plane of frequencies.
// SPDX-License-Identifier: Apache-2.0
#include "filters/plots.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numbers>

#include "image/page.h"

namespace fovea {
namespace {

using namespace page_style;
using namespace filter_style;

constexpr double pixel_limit = 0.5;  // cycles/px that pixels hold along an axis
constexpr double farthest = pixel_limit * std::numbers::sqrt2;
constexpr int bins_per_cycle = 32;  // the transform's own

/// Where a plot's axes lie in its picture.
struct Frame {
  int left, top, right, bottom;
  double x(double share) const { return left + share * (right - left); }
  double y(double share) const { return bottom - share * (bottom - top); }
};

std::string nyquist_text(const FilterReport& report) {
  const auto [rows, columns] = report.layer.stride;
  const std::string stride =
      rows == columns ? std::to_string(rows) : std::to_string(rows) + "x" + std::to_string(columns);
  return "Nyquist of stride " + stride;
}

double radial_nyquist(const FilterReport& report) {
  return 0.5 / static_cast<double>(std::max(report.layer.stride[0], report.layer.stride[1]));
}

/// Where a frequency lies on an axis that spans so many cycles/px: half a bin from its start, so that the bar of
/// frequency 0 is whole.
double share_of(double frequency, double span) { return (frequency + 0.5 / bins_per_cycle) / span; }

/// Counts live filters per bin of radial frequency: all, and the aliased among them.
struct Counted {
  int all = 0, aliased = 0;
};

std::vector<Counted> histogram(const FilterReport& report) {
  std::vector<Counted> counts(static_cast<std::size_t>(std::lround(farthest * bins_per_cycle)) + 1);
  for (const FilterFigures& figures : report.filters) {
    if (figures.dead) continue;
    Counted& bin = counts[static_cast<std::size_t>(std::lround(figures.frequency * bins_per_cycle))];
    ++bin.all;
    bin.aliased += figures.aliased >= report.layer.thresholds.aliased ? 1 : 0;
  }
  return counts;
}

/// Counts live filters per peak in the plane of frequencies.
std::map<std::array<double, 2>, Counted> peaks_of(const FilterReport& report) {
  std::map<std::array<double, 2>, Counted> peaks;
  for (const FilterFigures& figures : report.filters) {
    if (figures.dead) continue;
    Counted& peak = peaks[figures.peak];
    ++peak.all;
    peak.aliased += figures.aliased >= report.layer.thresholds.aliased ? 1 : 0;
  }
  return peaks;
}

void draw_bands(Figure& image, const Frame& frame, const FilterReport& report, double span) {
  const FilterThresholds& limits = report.layer.thresholds;
  const std::array<double, 4> edges{0, limits.mid_from, limits.high_from, span};
  const std::array<std::string, 3> names{"low", "middle", "high"};
  const std::array<std::int64_t, 3> counts{report.bands.low, report.bands.mid, report.bands.high};
  for (std::size_t band = 0; band < names.size(); ++band) {
    const double x = frame.x(share_of((edges[band] + edges[band + 1]) / 2, span));
    draw_centred(image, x, frame.top - 2 * small_text_height - 5, names[band], small_text_height, soft_ink);
    draw_centred(image, x, frame.top - small_text_height - 5, std::to_string(counts[band]), small_text_height, ink);
    const double edge = frame.x(share_of(edges[band], span));
    if (band > 0) draw_line(image, edge, frame.top - 2 * small_text_height, edge, frame.bottom, faint);
  }
}

void draw_frequency_axis(Figure& image, const Frame& frame, double span) {
  fill_box(image, frame.left, frame.bottom, frame.right, frame.bottom + 1, ink);
  for (int tenth = 0; tenth / 10.0 <= farthest; ++tenth) {
    const double x = frame.x(share_of(tenth / 10.0, span));
    draw_line(image, x, frame.bottom, x, frame.bottom + 4, ink);
    draw_centred(image, x, frame.bottom + 6, brief(tenth / 10.0), small_text_height, ink);
  }
  draw_centred(image, (frame.left + frame.right) / 2.0, frame.bottom + 8 + small_text_height,
               "peak of the spectrum, cycles per px of the layer's input", small_text_height, soft_ink);
}

}  // namespace

Figure frequency_histogram(const FilterReport& report, int width, int height) {
  Figure image(width, height, white);
  const Frame frame{34, 3 * small_text_height + 26, width - 12, height - 2 * small_text_height - 12};
  draw_text(image, 0, 0, "Where the spectra of the filters peak", text_height, ink, Weight::bold);
  const std::vector<Counted> counts = histogram(report);
  const double span = static_cast<double>(counts.size()) / bins_per_cycle;
  const double nyquist = radial_nyquist(report);
  const double limit = frame.x(share_of(nyquist, span));
  // The diagonal beyond 0.5 is no more folded by a stride of 1 than the rest.
  if (nyquist < pixel_limit) fill_box(image, static_cast<int>(limit), frame.top, frame.right, frame.bottom, shade);
  draw_bands(image, frame, report, span);
  int most = 1;
  for (const Counted& bin : counts) most = std::max(most, bin.all);
  const double bar = (frame.right - frame.left) / static_cast<double>(counts.size());
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double centre = frame.x(share_of(static_cast<double>(i) / bins_per_cycle, span));
    const int left = static_cast<int>(std::lround(centre - 0.4 * bar));
    const int right = static_cast<int>(std::lround(centre + 0.4 * bar));
    const auto top_of = [&](int count) { return static_cast<int>(std::lround(frame.y(0.95 * count / most))); };
    fill_box(image, left, top_of(counts[i].all), right, frame.bottom, live);
    fill_box(image, left, top_of(counts[i].aliased), right, frame.bottom, aliased);
  }
  draw_frequency_axis(image, frame, span);
  const std::string top_count = std::to_string(most);
  draw_text(image, frame.left - 8 - text_width(top_count, small_text_height),
            static_cast<int>(frame.y(0.95)) - small_text_height / 2, top_count, small_text_height, ink);
  draw_text(image, frame.left - 8 - text_width("0", small_text_height), frame.bottom - small_text_height / 2, "0",
            small_text_height, ink);
  draw_dashed(image, limit, frame.top, limit, frame.bottom, dead);
  draw_text(image, static_cast<int>(limit) + 8, frame.top + 4, nyquist_text(report), small_text_height, dead);
  return image;
}

Figure frequency_plane(const FilterReport& report, int width, int height) {
  Figure image(width, height, white);
  draw_text(image, 0, 0, "… and in which direction", text_height, ink, Weight::bold);
  const int side = std::min(width - 60, height - 3 * small_text_height - text_height - 20);
  const int left = (width - side) / 2;
  const int top = text_height + small_text_height + 12;
  const Frame frame{left, top, left + side, top + side};
  const auto x_of = [&](double frequency) { return frame.x(frequency / (2 * pixel_limit) + 0.5); };
  const auto y_of = [&](double frequency) { return frame.y(0.5 - frequency / (2 * pixel_limit)); };  // rows go down
  const double fx = 0.5 / static_cast<double>(report.layer.stride[1]);
  const double fy = 0.5 / static_cast<double>(report.layer.stride[0]);
  fill_box(image, frame.left, frame.top, frame.right, frame.bottom, shade);
  fill_box(image, static_cast<int>(x_of(-fx)), static_cast<int>(y_of(-fy)), static_cast<int>(x_of(fx)),
           static_cast<int>(y_of(fy)), white);
  draw_line(image, x_of(-0.5), y_of(0), x_of(0.5), y_of(0), faint);
  draw_line(image, x_of(0), y_of(-0.5), x_of(0), y_of(0.5), faint);
  for (const double sign : {-1.0, 1.0}) {
    draw_dashed(image, x_of(-fx), y_of(sign * fy), x_of(fx), y_of(sign * fy), dead);
    draw_dashed(image, x_of(sign * fx), y_of(-fy), x_of(sign * fx), y_of(fy), dead);
  }
  for (const auto& [peak, count] : peaks_of(report)) {
    const double radius = std::min(12.0, 2 + 1.5 * std::sqrt(count.all));
    const Colour colour = 2 * count.aliased > count.all ? aliased : live;
    draw_disc(image, x_of(peak[0]), y_of(peak[1]), radius, colour);
    draw_disc(image, x_of(-peak[0]), y_of(-peak[1]), radius, colour);
  }
  draw_centred(image, frame.left, frame.bottom + 6, "-0.5", small_text_height, ink);
  draw_centred(image, x_of(0), frame.bottom + 6, "0", small_text_height, ink);
  draw_centred(image, frame.right, frame.bottom + 6, "0.5", small_text_height, ink);
  draw_centred(image, x_of(0), frame.bottom + 8 + small_text_height, "cycles per px, across and down",
               small_text_height, soft_ink);
  return image;
}

}  // namespace fovea

// A picture of filters and of what is to be said of them: v = 128 + 127 w / max |w|, so that no weight is mid-grey;
// filters of many channels are projected on the principal directions of all their weights' channel vectors (the
// eigenvectors of sum w w^T with the largest eigenvalues).
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <vector>

#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/zeros.h>

#include <fovea/error.h>
#include <fovea/filters.h>

#include "filters/plots.h"

namespace fovea {
namespace {

using namespace filter_style;

constexpr int page_width = 1120;  // px
constexpr int margin = 24;
constexpr int content_width = page_width - 2 * margin;
constexpr int gap = 6;  // between tiles
constexpr int plot_height = 370;
constexpr std::int64_t most_drawn = 512;
constexpr Colour dead_ground{205, 205, 205};

/// Puts a picture into another.
void paste(Image& target, const Image& source, int x, int y) {
  for (int row = 0; row < source.height; ++row) {
    std::copy_n(source.at(0, row), std::size_t{3} * static_cast<std::size_t>(source.width), target.at(x, y + row));
  }
}

/// Lays strips under each other on a page with margins.
Image stack(const std::vector<Image>& strips) {
  constexpr int distance = 14;
  int height = 2 * margin - distance;
  for (const Image& strip : strips) height += strip.height + distance;
  Image page = make_image(page_width, height, white);
  int y = margin;
  for (const Image& strip : strips) {
    paste(page, strip, margin, y);
    y += strip.height + distance;
  }
  return page;
}

/// Breaks words into lines that fit, with a hanging indent.
std::vector<std::string> lines_of(std::string_view words, int width, int height) {
  std::vector<std::string> lines;
  std::string current;
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    const std::string next =
        current.empty() ? std::string(words.substr(0, end)) : current + " " + std::string(words.substr(0, end));
    if (!current.empty() && text_width(next, height) > width) {
      lines.push_back(current);
      current = words.substr(0, end);
    } else {
      current = next;
    }
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  if (!current.empty()) lines.push_back(current);
  return lines;
}

Image text_strip(const std::vector<std::string>& sentences, int height, Colour colour, bool bullets) {
  const int indent = bullets ? 16 : 0;
  const int line_height = height * 5 / 4;
  std::vector<std::vector<std::string>> paragraphs;
  int total = 0;
  for (const std::string& sentence : sentences) {
    paragraphs.push_back(lines_of(sentence, content_width - indent, height));
    total += static_cast<int>(paragraphs.back().size()) * line_height + (bullets ? 4 : 0);
  }
  Image strip = make_image(content_width, std::max(1, total), white);
  int y = 0;
  for (const auto& paragraph : paragraphs) {
    if (bullets) draw_disc(strip, 5, y + height / 2.0, 3, colour);
    for (const std::string& one : paragraph) {
      draw_text(strip, indent, y, one, height, colour);
      y += line_height;
    }
    y += bullets ? 4 : 0;
  }
  return strip;
}

/// Filters as they are drawn, [K,1 or 3,kh,kw], and a remark when they are not the weights themselves.
struct Drawable {
  Tensor filters;
  std::string channels;
  std::string remark;
};

/// Makes an eigenvector's sign certain: the entry of largest magnitude is positive.
Tensor with_certain_sign(const Tensor& direction) {
  const Tensor largest = direction[direction.abs().argmax().item<std::int64_t>()];
  return largest.item<double>() < 0 ? -direction : direction;
}

/// Projects filters [K,C,kh,kw] on the three principal directions of their channel vectors.
Drawable principal(const Tensor& weights) {
  constexpr std::int64_t colours = 3;
  const std::int64_t channels = weights.size(1);
  const Tensor vectors = weights.to(at::kDouble).transpose(0, 1).flatten(1);            // [C, K kh kw]
  const auto [values, directions] = at::linalg_eigh(at::matmul(vectors, vectors.t()));  // in rising order
  const std::array<std::int64_t, 2> shape{colours, vectors.size(1)};
  const Tensor projected = at::zeros(shape, vectors.options());
  double kept = 0;
  for (std::int64_t i = 0; i < std::min(colours, channels); ++i) {
    const Tensor direction = with_certain_sign(directions.select(1, channels - 1 - i));
    projected[i].copy_(at::matmul(direction.unsqueeze(0), vectors)[0]);
    kept += std::max(0.0, values[channels - 1 - i].item<double>());
  }
  const double energy = (vectors * vectors).sum().item<double>();
  char remark[120];
  std::snprintf(remark, sizeof remark, "Colours: the 3 principal directions of %d channels, %.0f %% of their energy.",
                static_cast<int>(channels), energy > 0 ? 100 * std::min(1.0, kept / energy) : 0.0);
  const Tensor filters =
      projected.unflatten(1, {weights.size(0), weights.size(2), weights.size(3)}).transpose(0, 1).to(at::kFloat);
  return {filters, "RGB", remark};
}

Drawable drawable(const Tensor& weights, const std::string& channels) {
  if (weights.size(1) == 1 || weights.size(1) == 3) return {weights, channels, ""};
  return principal(weights);
}

int columns_for(std::int64_t filters) { return filters <= 16 ? 8 : filters <= 128 ? 16 : 32; }

void mark_tile(Image& strip, int x, int y, int width, int height, const FilterFigures& figures, double aliased_from) {
  if (figures.dead) {
    fill_box(strip, x, y, x + width, y + height, dead_ground);
    draw_line(strip, x + 2, y + 2, x + width - 3, y + height - 3, dead, 2);
    draw_line(strip, x + 2, y + height - 3, x + width - 3, y + 2, dead, 2);
    return;
  }
  if (figures.aliased < aliased_from) return;
  const int corner = std::max(6, width / 6);
  for (int row = 0; row < corner; ++row)
    fill_box(strip, x + width - corner + row, y + row, x + width, y + row + 1, aliased);
}

/// Draws all filters in rows; tiles are whole multiples of the kernel where it is small, so that weights stay square.
Image grid_strip(const FilterReport& report, const Drawable& shown, bool common_scale) {
  const std::int64_t count = std::min(most_drawn, shown.filters.size(0));
  const int columns = columns_for(count);
  const int room = (content_width - (columns - 1) * gap) / columns;
  const auto kernel_height = static_cast<int>(shown.filters.size(2));
  const auto kernel_width = static_cast<int>(shown.filters.size(3));
  const int longer = std::max(kernel_height, kernel_width);
  const double zoom = longer <= room ? room / longer : static_cast<double>(room) / longer;
  const int width = std::max(1, static_cast<int>(kernel_width * zoom));
  const int height = std::max(1, static_cast<int>(kernel_height * zoom));
  const int rows = static_cast<int>((count + columns - 1) / columns);
  Image strip = make_image(content_width, rows * (height + gap) - gap, white);
  const double scale = common_scale ? shown.filters.abs().max().item<double>() : 0;
  const int pitch = (content_width - width) / std::max(1, columns - 1);
  for (std::int64_t k = 0; k < count; ++k) {
    const int x = static_cast<int>(k % columns) * pitch;
    const int y = static_cast<int>(k / columns) * (height + gap);
    const Image filter = draw_filter(shown.filters[k], shown.channels, scale);
    const Interpolation interpolation = zoom < 1 ? Interpolation::area : Interpolation::nearest;
    paste(strip, resize(filter, width, height, interpolation), x, y);
    mark_tile(strip, x, y, width, height, report.filters[static_cast<std::size_t>(k)], report.layer.thresholds.aliased);
  }
  return strip;
}

std::string rms_range(const FilterReport& report, const std::string& head) {
  double least = report.filters.front().rms;
  double most = least;
  for (const FilterFigures& figures : report.filters) {
    least = std::min(least, figures.rms);
    most = std::max(most, figures.rms);
  }
  char buffer[120];
  std::snprintf(buffer, sizeof buffer, "%s: RMS %.3g to %.3g, all filters on one scale", head.c_str(), least, most);
  return buffer;
}

std::string remarks_on(const FilterReport& report, const Drawable& shown) {
  std::string remark = shown.remark;
  const auto add = [&](const std::string& sentence) { remark += (remark.empty() ? "" : "  ") + sentence; };
  if (shown.filters.size(0) > most_drawn)
    add("The first " + std::to_string(most_drawn) + " of " + std::to_string(shown.filters.size(0)) + " filters.");
  if (report.dead > 0) add("Crossed out: dead.");
  if (report.aliased > 0) add("Orange: half of its energy or more is folded by the stride.");
  return remark;
}

Image plot_strip(const FilterReport& report) {
  constexpr int plane_width = 340;
  Image strip = make_image(content_width, plot_height, white);
  paste(strip, frequency_histogram(report, content_width - plane_width - margin, plot_height), 0, 0);
  paste(strip, frequency_plane(report, plane_width, plot_height), content_width - plane_width, 0);
  return strip;
}

}  // namespace

Image draw_filter(const Tensor& filter, std::string_view channels, double scale) {
  if (!filter.defined() || filter.dim() != 3 || (filter.size(0) != 1 && filter.size(0) != 3)) {
    throw Error(ErrorKind::shape, "a filter to draw must be [1,kh,kw] or [3,kh,kw]",
                "project filters of other numbers of channels first");
  }
  Tensor weights = filter.detach().to(at::kCPU, at::kFloat);
  if (channels == "BGR") weights = weights.flip(0);
  weights = weights.expand({3, filter.size(1), filter.size(2)}).permute({1, 2, 0}).contiguous();
  const double largest = scale > 0 ? scale : weights.abs().max().item<double>();
  Image image = make_image(static_cast<int>(filter.size(2)), static_cast<int>(filter.size(1)));
  const float* weight = weights.data_ptr<float>();
  for (std::uint8_t& byte : image.rgb) {
    const double share = largest > 0 ? std::clamp(*weight++ / largest, -1.0, 1.0) : 0;
    byte = static_cast<std::uint8_t>(std::lround(128 + 127 * share));
  }
  return image;
}

Image draw_filters(const FilterReport& report, const FilterPicture& picture, const FilterReport* before) {
  std::vector<Image> strips;
  if (!picture.title.empty()) strips.push_back(text_strip({picture.title}, title_height, ink, false));
  const Drawable shown = drawable(report.weights, picture.channels);
  if (before != nullptr) {
    strips.push_back(text_strip({rms_range(*before, "Before")}, text_height, ink, false));
    strips.push_back(grid_strip(*before, drawable(before->weights, picture.channels), true));
    strips.push_back(text_strip({rms_range(report, "Renormalised")}, text_height, ink, false));
  }
  strips.push_back(grid_strip(report, shown, before != nullptr || picture.common_scale));
  const std::string remark = remarks_on(report, shown);
  if (!remark.empty()) strips.push_back(text_strip({remark}, small_text_height, soft_ink, false));
  strips.push_back(plot_strip(report));
  strips.push_back(text_strip(report.verdict, text_height, ink, true));
  return stack(strips);
}

}  // namespace fovea

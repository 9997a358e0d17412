// Tiles of filters: v = 128 + 127 w / max |w|, so that no weight is mid-grey; filters of many channels are projected on
// the principal directions of all their weights' channel vectors (the eigenvectors of sum w w^T with the largest
// eigenvalues).
// SPDX-License-Identifier: Apache-2.0
#include "filters/tiles.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/zeros.h>

#include <fovea/error.h>

#include "filters/plots.h"
#include "image/page.h"

namespace fovea {
namespace {

using namespace page_style;
using namespace filter_style;

constexpr int plot_height = 370;
constexpr Colour dead_ground{205, 205, 205};

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

}  // namespace

Drawable drawable(const Tensor& weights, const std::string& channels) {
  if (weights.size(1) == 1 || weights.size(1) == 3) return {weights, channels, ""};
  return principal(weights);
}

std::array<int, 2> tile_size(const Tensor& filters, int room) {
  const auto kernel_height = static_cast<int>(filters.size(2));
  const auto kernel_width = static_cast<int>(filters.size(3));
  const int longer = std::max(kernel_height, kernel_width);
  const double zoom = longer <= room ? room / longer : static_cast<double>(room) / longer;
  return {std::max(1, static_cast<int>(kernel_width * zoom)), std::max(1, static_cast<int>(kernel_height * zoom))};
}

void cross_out(Figure& image, int x, int y, int width, int height) {
  fill_box(image, x, y, x + width, y + height, dead_ground);
  draw_line(image, x + 2, y + 2, x + width - 3, y + height - 3, dead, 2);
  draw_line(image, x + 2, y + height - 3, x + width - 3, y + 2, dead, 2);
}

Figure filter_tile(const FilterReport& report, const Drawable& shown, std::int64_t filter, int width, int height,
                   double scale) {
  const Image drawn = draw_filter(shown.filters[filter], shown.channels, scale);
  Figure tile = resize(drawn, width, height, width < drawn.width ? Interpolation::area : Interpolation::nearest);
  const FilterFigures& figures = report.filters[static_cast<std::size_t>(filter)];
  if (figures.dead) {
    cross_out(tile, 0, 0, width, height);
  } else if (figures.aliased >= report.layer.thresholds.aliased) {
    const int corner = std::max(6, width / 6);
    for (int row = 0; row < corner; ++row) fill_box(tile, width - corner + row, row, width, row + 1, aliased);
  }
  return tile;
}

std::string marks_remark(const FilterReport& report, const Drawable& shown) {
  std::string remark = shown.remark;
  const auto add = [&](const std::string& sentence) { remark += (remark.empty() ? "" : "  ") + sentence; };
  if (report.dead > 0) add("Crossed out: dead.");
  if (report.aliased > 0) add("Orange: half of its energy or more is folded by the stride.");
  return remark;
}

Figure plot_strip(const FilterReport& report) {
  constexpr int plane_width = 340;
  Figure strip(content_width, plot_height, white);
  paste(strip, frequency_histogram(report, content_width - plane_width - margin, plot_height), 0, 0);
  paste(strip, frequency_plane(report, plane_width, plot_height), content_width - plane_width, 0);
  return strip;
}

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

}  // namespace fovea

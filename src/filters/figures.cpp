// Figures of single filters w [C,kh,kw]:
//   luminance l = mean_c w_c, its share C |l|^2 / |w|^2;   power P(f) = |F(l)|^2, or sum_c |F(w_c)|^2 without luminance
//   aliased = share of P where |fx| > 1 / (2 stride_x) or |fy| > 1 / (2 stride_y): what the stride's grid folds
//   noise = mean |w(p) - w(neighbour of p)| / (2 / sqrt(pi) RMS(w)): the expectation for Gaussian white noise is 1
// SPDX-License-Identifier: Apache-2.0
#include "filters/figures.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <ATen/ops/where.h>

#include "filters/spectrum.h"

namespace fovea {
namespace {

/// Below this share of energy, a filter's luminance is a remainder of its colours, and its spectrum says nothing.
constexpr double least_luminance = 0.1;

constexpr std::array<std::int64_t, 3> all_but_filters{1, 2, 3};

/// Mean energy per weight, [K].
Tensor mean_square(const Tensor& weights) { return (weights * weights).mean(all_but_filters); }

/// Share of energy in the mean of the channels, [K].
Tensor luminance_share(const Tensor& weights) {
  const Tensor energy = mean_square(weights);
  return (mean_square(weights.mean(1, /*keepdim=*/true)) / energy).masked_fill(energy.eq(0), 0);
}

/// The spectrum of each filter as `inspect_filters` documents it.
Spectrum spectrum_of(const Tensor& weights, const Tensor& luminance) {
  const std::int64_t channels = weights.size(1);
  Spectrum grey = spectrum(weights.mean(1));
  if (channels == 1) return grey;
  const Spectrum coloured = spectrum(weights.flatten(0, 1));
  const Tensor power = coloured.power.unflatten(0, {weights.size(0), channels}).sum(1);
  grey.power = at::where(luminance.ge(least_luminance).unsqueeze(1).unsqueeze(2), grey.power, power);
  return grey;
}

/// Mean step between neighbours against that of white noise, [K].
Tensor noise_index(const Tensor& weights) {
  const Tensor down = weights.diff(1, 2).abs();
  const Tensor across = weights.diff(1, 3).abs();
  const auto steps = static_cast<double>((down.numel() + across.numel()) / weights.size(0));
  const Tensor rms = mean_square(weights).sqrt();
  if (steps == 0) return rms * 0;
  const double expected = 2 / std::sqrt(std::numbers::pi);
  const Tensor mean = (down.sum(all_but_filters) + across.sum(all_but_filters)) / steps;
  return (mean / (rms * expected)).masked_fill(rms.eq(0), 0);
}

/// Writes where a spectrum peaks into a filter's figures.
void place_peak(FilterFigures& figures, const Spectrum& spectrum, std::int64_t bin) {
  const std::int64_t columns = spectrum.size / 2 + 1;
  const double fx = spectrum.fx.data_ptr<double>()[bin % columns];
  const double fy = spectrum.fy.data_ptr<double>()[bin / columns];
  figures.peak = {fx, fy};
  figures.frequency = std::hypot(fx, fy);
  if (figures.frequency == 0) return;
  const double degrees = std::atan2(-fy, fx) * 180 / std::numbers::pi;  // rows go down, angles up
  figures.orientation = degrees < 0 ? degrees + 180 : degrees;
}

void find_dead(std::vector<FilterFigures>& filters, const FilterLayer& layer) {
  std::vector<double> norms;
  for (const FilterFigures& figures : filters) norms.push_back(figures.norm);
  const double bound = layer.thresholds.dead_norm * median(norms);
  for (std::size_t k = 0; k < filters.size(); ++k) {
    const bool never_active = !layer.activation_maxima.empty() && layer.activation_maxima[k] <= 0;
    filters[k].dead = filters[k].norm == 0 || filters[k].norm < bound || never_active;
  }
}

}  // namespace

double median(std::vector<double> numbers) {
  if (numbers.empty()) return 0;
  std::sort(numbers.begin(), numbers.end());
  const std::size_t half = numbers.size() / 2;
  return numbers.size() % 2 == 1 ? numbers[half] : (numbers[half - 1] + numbers[half]) / 2;
}

std::vector<FilterFigures> filter_figures(const Tensor& weights, const FilterLayer& layer) {
  const Tensor squares = mean_square(weights);
  const Tensor luminance = luminance_share(weights);
  const Spectrum spectrum = spectrum_of(weights, luminance);
  const auto& [rows, columns] = layer.stride;
  const Tensor folded = spectrum.fx.abs()
                            .gt(0.5 / static_cast<double>(columns))
                            .logical_or(spectrum.fy.abs().gt(0.5 / static_cast<double>(rows)));
  const double fine_squared = layer.thresholds.fine_frequency * layer.thresholds.fine_frequency;
  const Tensor radius_squared = spectrum.fx * spectrum.fx + spectrum.fy * spectrum.fy;
  const Tensor aliased = share_at(spectrum, folded);
  const Tensor fine = share_at(spectrum, radius_squared.gt(fine_squared));
  const Tensor noise = noise_index(weights);
  const Tensor peaks = spectrum.power.flatten(1).argmax(1);
  std::vector<FilterFigures> filters(static_cast<std::size_t>(weights.size(0)));
  for (std::int64_t k = 0; k < weights.size(0); ++k) {
    const auto number = [k](const Tensor& tensor) { return tensor[k].item<double>(); };
    FilterFigures& figures = filters[static_cast<std::size_t>(k)];
    figures.rms = std::sqrt(number(squares));
    figures.norm = figures.rms * std::sqrt(static_cast<double>(weights[k].numel()));
    figures.luminance = number(luminance);
    figures.aliased = number(aliased);
    figures.fine = number(fine);
    figures.noise = number(noise);
    place_peak(figures, spectrum, peaks[k].item<std::int64_t>());
  }
  find_dead(filters, layer);
  return filters;
}

}  // namespace fovea

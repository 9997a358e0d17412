// What a layer's filters say of the network, as Zeiler and Fergus read them (2014, Visualizing and Understanding
// Convolutional Networks, section 4.1 and figure 6): AlexNet's first layer lacks middle frequencies and has dead
// filters, and its stride of 4 aliases; noise in place of smooth filters is the known sign of a network that has not
// converged.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <string>

#include <ATen/ops/isfinite.h>

#include <fovea/error.h>
#include <fovea/filters.h>

#include "filters/figures.h"

namespace fovea {
namespace {

/// Words a number with up to three digits.
std::string text(double number) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.3g", number);
  return buffer;
}

std::string of_all(std::int64_t some, std::size_t all) { return std::to_string(some) + " of " + std::to_string(all); }

/// Lists the numbers of filters, the first few of them.
template <typename Kind>
std::string numbers_of(const FilterReport& report, Kind kind) {
  constexpr int most = 12;
  std::string list;
  int listed = 0;
  for (std::size_t k = 0; k < report.filters.size(); ++k) {
    if (!kind(report.filters[k])) continue;
    if (listed++ == most) return list + " ...";
    list += (list.empty() ? "" : ", ") + std::to_string(k);
  }
  return list;
}

std::string noise_sentence(const FilterReport& report) {
  const FilterThresholds& limits = report.layer.thresholds;
  const std::string kernel =
      std::to_string(report.weights.size(2)) + "x" + std::to_string(report.weights.size(3)) + " px";
  const std::string figures = "median noise index " + text(report.median_noise) + ", share of energy above " +
                              text(limits.fine_frequency) + " cycles/px " + text(report.median_fine);
  if (!report.noisy) return "filters of " + kernel + " are too small to tell noise from detail (" + figures + ")";
  const std::string bounds = "noisy from " + text(limits.noisy) + " and " + text(limits.noisy_fine) + " on";
  if (!*report.noisy) return "smooth: " + figures + " (" + bounds + ")";
  return "noisy: " + figures + " (" + bounds +
         "), which hints at a network that has not converged, or has overfitted for want of weight decay";
}

std::string dead_sentence(const FilterReport& report) {
  const std::string how = "norm below " + text(report.layer.thresholds.dead_norm) + " of the median " +
                          text(report.median_norm) +
                          (report.layer.activation_maxima.empty() ? "" : ", or never active");
  if (report.dead == 0) return "no dead filters (" + how + ")";
  return of_all(report.dead, report.filters.size()) + " filters dead (" + how +
         "): " + numbers_of(report, [](const FilterFigures& f) { return f.dead; });
}

std::string aliasing_sentence(const FilterReport& report) {
  const auto& [rows, columns] = report.layer.stride;
  const std::int64_t stride = std::max(rows, columns);
  if (stride == 1) return "stride 1 folds no frequencies";
  const std::string nyquist =
      text(0.5 / static_cast<double>(stride)) + " cycles/px, the Nyquist limit of stride " + std::to_string(stride);
  return of_all(report.aliased, report.filters.size()) +
         " filters alias: " + text(100 * report.layer.thresholds.aliased) + " % or more of their energy above " +
         nyquist + "; mean share " + text(report.mean_aliased);
}

std::string band_sentence(const FilterReport& report) {
  const FilterThresholds& limits = report.layer.thresholds;
  const FrequencyBands& bands = report.bands;
  const std::string counts = "peaks at low frequencies (below " + text(limits.mid_from) + ") " +
                             std::to_string(bands.low) + ", middle " + std::to_string(bands.mid) + ", high (from " +
                             text(limits.high_from) + " on) " + std::to_string(bands.high) + " of " +
                             std::to_string(bands.low + bands.mid + bands.high);
  if (!report.mid_missing) return counts;
  return counts + ": middle frequencies are missing (under " + text(100 * limits.few_mid) + " %)";
}

/// Tells whether there are live filters, and these large enough for a verdict on their texture.
bool is_judged(const FilterReport& report) {
  const bool alive = report.dead < static_cast<std::int64_t>(report.filters.size());
  return alive && std::min(report.weights.size(2), report.weights.size(3)) >= report.layer.thresholds.least_kernel;
}

void count_bands(FilterReport& report) {
  const FilterThresholds& limits = report.layer.thresholds;
  for (const FilterFigures& figures : report.filters) {
    if (figures.dead) continue;
    const double frequency = figures.frequency;
    ++(frequency < limits.mid_from    ? report.bands.low
       : frequency < limits.high_from ? report.bands.mid
                                      : report.bands.high);
  }
  const auto live = static_cast<double>(report.bands.low + report.bands.mid + report.bands.high);
  // Small kernels hold less than one wave of a middle frequency: none of theirs can be missing.
  report.mid_missing = is_judged(report) && static_cast<double>(report.bands.mid) < limits.few_mid * live;
}

void sum_up(FilterReport& report) {
  const FilterThresholds& limits = report.layer.thresholds;
  std::vector<double> norms, noise, fine;
  double aliased = 0;
  for (const FilterFigures& figures : report.filters) {
    norms.push_back(figures.norm);
    if (figures.dead) {
      ++report.dead;
      continue;
    }
    noise.push_back(figures.noise);
    fine.push_back(figures.fine);
    aliased += figures.aliased;
    report.aliased += figures.aliased >= limits.aliased ? 1 : 0;
  }
  report.median_norm = median(norms);
  report.median_noise = median(noise);
  report.median_fine = median(fine);
  report.mean_aliased = noise.empty() ? 0 : aliased / static_cast<double>(noise.size());
  if (is_judged(report)) report.noisy = report.median_noise >= limits.noisy && report.median_fine >= limits.noisy_fine;
}

void require_filters(const Tensor& weights, const FilterLayer& layer) {
  if (!weights.defined() || weights.dim() != 4 || weights.numel() == 0) {
    throw Error(ErrorKind::shape,
                "filters to inspect must be [K,C,kh,kw], found " +
                    std::to_string(weights.defined() ? weights.dim() : 0) + " axes",
                "name a 2-D convolution");
  }
  if (!at::isfinite(weights).all().item<bool>()) {
    throw Error(ErrorKind::format,
                "the filters" + (layer.node.empty() ? "" : " of '" + layer.node + "'") +
                    " hold NaN or infinity: nothing can be said of them",
                "get the model file again");
  }
  if (layer.stride[0] < 1 || layer.stride[1] < 1) {
    throw Error(ErrorKind::usage, "the stride of '" + layer.node + "' is " + std::to_string(layer.stride[0]) + "x" +
                                      std::to_string(layer.stride[1]) + ", expected at least 1");
  }
  const std::size_t maxima = layer.activation_maxima.size();
  if (maxima == 0 || maxima == static_cast<std::size_t>(weights.size(0))) return;
  throw Error(ErrorKind::usage, std::to_string(maxima) + " activation maxima for " + std::to_string(weights.size(0)) +
                                    " filters: one per filter is expected");
}

}  // namespace

FilterReport inspect_filters(const Tensor& weights, const FilterLayer& layer) {
  require_filters(weights, layer);
  const Tensor filters = weights.detach().to(at::kCPU).contiguous();
  FilterReport report{.layer = layer, .weights = filters.to(at::kFloat)};
  report.filters = filter_figures(filters.to(at::kDouble), layer);
  sum_up(report);
  count_bands(report);
  report.verdict = {noise_sentence(report), dead_sentence(report), aliasing_sentence(report), band_sentence(report)};
  return report;
}

}  // namespace fovea

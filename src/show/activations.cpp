// What a value's channels do on one picture: maximum, minimum and total over positions, share of zeros; and where its
// maps lie on the input: unit i along an axis is centred on the px  first_centre + stride * i.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <numeric>

#include <ATen/ops/empty.h>

#include <fovea/error.h>
#include <fovea/show.h>

#include "image/page.h"
#include "show/values.h"

namespace fovea {
namespace {

constexpr std::size_t most_named = 5;
constexpr std::size_t most_dead_named = 12;

struct Counts {
  std::int64_t zeros = 0;
  std::int64_t negative = 0;
};

ChannelFigures figures_of(const float* values, std::int64_t positions, std::int64_t columns, Counts& counts) {
  ChannelFigures figures{.maximum = values[0], .minimum = values[0]};
  std::int64_t zeros = 0;
  for (std::int64_t p = 0; p < positions; ++p) {
    const double value = values[p];
    figures.total += value;
    figures.minimum = std::min(figures.minimum, value);
    zeros += value == 0 ? 1 : 0;
    counts.negative += value < 0 ? 1 : 0;
    if (value <= figures.maximum) continue;
    figures.maximum = value;
    figures.peak = {p / columns, p % columns};
  }
  figures.zeros = static_cast<double>(zeros) / static_cast<double>(positions);
  figures.dead = zeros == positions;
  counts.zeros += zeros;
  return figures;
}

std::string percent(double share) { return brief(100 * share) + " %"; }

std::string of_all(std::size_t some, std::size_t all) { return std::to_string(some) + " of " + std::to_string(all); }

/// Names the channels with the largest of some figure: "12 (3.41), 5 (2.98)".
template <typename Number>
std::string largest(const ActivationReport& report, const std::vector<std::string>& names, Number figure) {
  std::vector<std::size_t> order(report.channels.size());
  std::iota(order.begin(), order.end(), 0);
  std::erase_if(order, [&](std::size_t channel) { return report.channels[channel].dead; });
  const std::size_t count = std::min(most_named, order.size());
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return figure(report.channels[a]) > figure(report.channels[b]);
  });
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    const ChannelFigures& channel = report.channels[order[i]];
    text += (i == 0          ? ""
             : names.empty() ? ", "
                             : "; ") +
            named_channel(static_cast<std::int64_t>(order[i]), names) + " (" + brief(figure(channel)) + ")";
  }
  return text.empty() ? "none" : text;
}

std::string dead_sentence(const ActivationReport& report) {
  if (report.dead.empty()) return "no channel is dead on this picture (all zero)";
  std::string text = of_all(report.dead.size(), report.channels.size()) +
                     (report.channels.size() == 1 ? " channel is" : " channels are") +
                     " dead on this picture (all zero): ";
  for (std::size_t i = 0; i < report.dead.size(); ++i) {
    if (i == most_dead_named) return text + " ...";
    text += (i > 0 ? ", " : "") + std::to_string(report.dead[i]);
  }
  return text;
}

std::string range_sentence(const ActivationReport& report) {
  const std::string range = "from " + brief(report.minimum) + " to " + brief(report.maximum);
  if (!report.is_signed())
    return percent(report.zeros) + " of the numbers are zero, the others go up to " + brief(report.maximum);
  const std::string zeros = report.zeros > 0 ? ", " + percent(report.zeros) + " zero" : "";
  return "numbers " + range + ", " + percent(report.negative) + " of them negative" + zeros;
}

std::vector<std::string> verdict_of(const ActivationReport& report, const std::vector<std::string>& names) {
  const auto maximum = [](const ChannelFigures& channel) { return channel.maximum; };
  const auto total = [](const ChannelFigures& channel) { return channel.total; };
  if (!report.has_positions()) {
    return {"largest: " + largest(report, names, maximum), dead_sentence(report), range_sentence(report)};
  }
  return {"strongest channels by maximum: " + largest(report, names, maximum),
          "strongest by total over positions: " + largest(report, names, total), dead_sentence(report),
          range_sentence(report)};
}

/// Where px of the input fall between the units of one axis.
struct Between {
  std::vector<std::int64_t> low;
  std::vector<double> share;  ///< of the next unit
};

Between units_under(int pixels, std::int64_t units, double first_centre, double stride) {
  Between between;
  for (int pixel = 0; pixel < pixels; ++pixel) {
    const double unit = std::clamp((pixel - first_centre) / stride, 0.0, static_cast<double>(units - 1));
    const auto low = std::min(static_cast<std::int64_t>(unit), std::max<std::int64_t>(0, units - 2));
    between.low.push_back(low);
    between.share.push_back(unit - static_cast<double>(low));
  }
  return between;
}

}  // namespace

Tensor channels_of(const Tensor& value) {
  const bool fits = value.defined() && value.is_floating_point() && value.numel() > 0 && value.dim() >= 1 &&
                    (value.dim() <= 4) && (value.dim() != 4 || value.size(0) == 1) &&
                    (value.dim() != 2 || value.size(0) == 1);
  if (!fits) {
    std::string shape;
    for (std::int64_t axis = 0; value.defined() && axis < value.dim(); ++axis)
      shape += (axis > 0 ? "," : "") + std::to_string(value.size(axis));
    throw Error(ErrorKind::shape,
                "activations to show must be numbers [C,h,w] or [C] of one picture, found [" + shape + "]",
                "name a value of the shape [N,C,h,w] or [N,C]");
  }
  Tensor channels = value.detach().to(at::kCPU, at::kFloat);
  if (channels.dim() == 4 || channels.dim() == 2) channels = channels[0];
  if (channels.dim() == 3 && channels.size(1) * channels.size(2) == 1) channels = channels.flatten();
  return channels.contiguous();
}

std::string named_channel(std::int64_t channel, const std::vector<std::string>& names) {
  const auto index = static_cast<std::size_t>(channel);
  return std::to_string(channel) + (index < names.size() ? " " + names[index] : "");
}

ActivationReport inspect_activations(const Tensor& value, const std::vector<std::string>& names) {
  const Tensor channels = channels_of(value);
  if (!channels.isfinite().all().item<bool>()) {
    throw Error(ErrorKind::format, "the activations hold NaN or infinity: nothing can be said of them",
                "is the picture preprocessed as the network was trained?");
  }
  ActivationReport report{.shape = channels.sizes().vec()};
  const std::int64_t count = channels.size(0);
  const std::int64_t positions = channels.numel() / count;
  const std::int64_t columns = channels.dim() == 3 ? channels.size(2) : 1;
  Counts counts;
  for (std::int64_t c = 0; c < count; ++c) {
    report.channels.push_back(figures_of(channels.data_ptr<float>() + c * positions, positions, columns, counts));
    if (report.channels.back().dead) report.dead.push_back(c);
  }
  const auto lower = [](const ChannelFigures& a, const ChannelFigures& b) { return a.minimum < b.minimum; };
  const auto smaller = [](const ChannelFigures& a, const ChannelFigures& b) { return a.maximum < b.maximum; };
  report.minimum = std::min_element(report.channels.begin(), report.channels.end(), lower)->minimum;
  report.maximum = std::max_element(report.channels.begin(), report.channels.end(), smaller)->maximum;
  report.zeros = static_cast<double>(counts.zeros) / static_cast<double>(channels.numel());
  report.negative = static_cast<double>(counts.negative) / static_cast<double>(channels.numel());
  report.verdict = verdict_of(report, names);
  return report;
}

std::vector<std::int64_t> ordered_channels(const ActivationReport& report, ChannelOrder order) {
  std::vector<std::int64_t> channels(report.channels.size());
  std::iota(channels.begin(), channels.end(), 0);
  if (order == ChannelOrder::number) return channels;
  std::stable_sort(channels.begin(), channels.end(), [&](std::int64_t a, std::int64_t b) {
    return report.channels[static_cast<std::size_t>(a)].maximum > report.channels[static_cast<std::size_t>(b)].maximum;
  });
  return channels;
}

Tensor lay_over(const Tensor& map, const std::optional<ReceptiveField>& field, int width, int height) {
  if (!map.defined() || map.dim() != 2 || map.numel() == 0) {
    throw Error(ErrorKind::shape, "a map to lay over a picture must have two axes [h,w] with at least one value each");
  }
  if (!field || field->stride[0] <= 0 || field->stride[1] <= 0) return resize_map(map, width, height);
  const Tensor source = map.detach().to(at::kCPU, at::kFloat).contiguous();
  const Between rows = units_under(height, source.size(0), field->first_centre[0], field->stride[0]);
  const Between columns = units_under(width, source.size(1), field->first_centre[1], field->stride[1]);
  Tensor laid = at::empty({height, width}, source.options());
  const float* from = source.data_ptr<float>();
  float* to = laid.data_ptr<float>();
  const std::int64_t next_row = source.size(0) > 1 ? source.size(1) : 0;
  const std::int64_t next_column = source.size(1) > 1 ? 1 : 0;
  for (std::size_t y = 0; y < rows.low.size(); ++y) {
    for (std::size_t x = 0; x < columns.low.size(); ++x) {
      const float* unit = from + rows.low[y] * source.size(1) + columns.low[x];
      const double above = unit[0] + columns.share[x] * (unit[next_column] - unit[0]);
      const double below = unit[next_row] + columns.share[x] * (unit[next_row + next_column] - unit[next_row]);
      *to++ = static_cast<float>(above + rows.share[y] * (below - above));
    }
  }
  return laid;
}

}  // namespace fovea

// What filters do on pictures: the maximum of every filter's activation over places and pictures, a histogram of the
// activations above 0, and the strongest place of every picture, whose receptive field is cut out of it.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include <fovea/error.h>
#include <fovea/filters.h>
#include <fovea/show.h>
#include <fovea/trace.h>

namespace fovea {
namespace {

constexpr std::size_t bins = 64;  // even: a range that doubles merges pairs of them

/// Tells whether a node only scales, shifts or bends each channel by itself, with constants.
bool keeps_channels(const Graph& graph, const Node& node, ValueId input) {
  const Kind kind = node.op->kind;
  if (kind == Kind::batch_norm || kind == Kind::identity || kind == Kind::activation || kind == Kind::rectifier) {
    return node.inputs[0] == input;
  }
  if (kind != Kind::add && kind != Kind::arithmetic) return false;
  return std::all_of(node.inputs.begin(), node.inputs.end(),
                     [&](ValueId one) { return one == no_value || one == input || graph.is_constant(one); });
}

/// Returns the value behind the batch norm and the non-linearity that follow a convolution's output alone.
ValueId behind(const Graph& graph, ValueId value) {
  while (true) {
    const std::vector<NodeId>& consumers = graph.value(value).consumers;
    if (consumers.size() != 1) return value;
    const Node& next = graph.node(consumers.front());
    if (!keeps_channels(graph, next, value)) return value;
    value = next.outputs[0];
    if (next.op->kind == Kind::activation || next.op->kind == Kind::rectifier) return value;
  }
}

/// Counts an activation above 0; the histogram's range doubles as often as needed to hold it.
void count(FilterActivity& filter, double activation) {
  if (filter.range == 0) filter.range = activation;
  while (activation > filter.range) {
    for (std::size_t i = 0; i < bins / 2; ++i)
      filter.histogram[i] = filter.histogram[2 * i] + filter.histogram[2 * i + 1];
    std::fill(filter.histogram.begin() + bins / 2, filter.histogram.end(), 0);
    filter.range *= 2;
  }
  const auto bin = static_cast<std::size_t>(activation / filter.range * bins);
  ++filter.histogram[std::min(bin, bins - 1)];
  ++filter.active;
}

/// Takes one picture's map of a filter; returns the place of its maximum.
std::int64_t take(FilterActivity& filter, const float* map, std::int64_t places) {
  std::int64_t best = 0;
  for (std::int64_t p = 0; p < places; ++p) {
    const double activation = map[p];
    if (map[p] > map[best]) best = p;
    filter.magnitude = std::max(filter.magnitude, std::abs(activation));
    if (activation > 0) count(filter, activation);
  }
  filter.places += places;
  filter.maximum = std::max(filter.maximum, static_cast<double>(map[best]));
  return best;
}

/// Cuts a unit's receptive field out of what the network saw, as far as it lies inside.
ExcitingPatch cut_out(const Image& seen, const UnitField& unit) {
  const std::array<Extent, 2> field = unit.endless();
  const std::int64_t top = std::clamp<std::int64_t>(field[0].begin, 0, seen.height);
  const std::int64_t left = std::clamp<std::int64_t>(field[1].begin, 0, seen.width);
  const std::int64_t bottom = std::clamp<std::int64_t>(field[0].end, top, seen.height);
  const std::int64_t right = std::clamp<std::int64_t>(field[1].end, left, seen.width);
  return {.image = crop(seen, static_cast<int>(left), static_cast<int>(top), static_cast<int>(right - left),
                        static_cast<int>(bottom - top)),
          .place = {top - field[0].begin, left - field[1].begin}};
}

}  // namespace

FilterWatch::FilterWatch(const Graph& graph, std::string_view at, std::size_t most)
    : graph_(&graph), value_(no_value), most_(most) {
  const FilterReport report = inspect_filters(graph, at);
  value_ = behind(graph, graph.at(report.layer.node));
  read_at_ = graph.node_name(value_);
  FilterActivity none;
  none.histogram.assign(bins, 0);
  filters_.assign(report.filters.size(), none);
}

void FilterWatch::look(const Tensor& input, const Image& seen) {
  if (input.dim() != 4 || input.size(0) != 1 || input.size(2) != seen.height || input.size(3) != seen.width) {
    throw Error(ErrorKind::shape, "filters look at one input [1,C,H,W] at a time, and at a picture of the same size");
  }
  const Trace trace = run(*graph_, input, {.tape = Tape::none, .until = {value_}});
  const Tensor value = trace.value(value_).to(at::kCPU, at::kFloat).contiguous();
  if (!value.isfinite().all().item<bool>()) {
    throw Error(ErrorKind::format, "the activations of '" + read_at_ + "' hold NaN or infinity");
  }
  UnitField unit = unit_field(trace, value_);
  field_ = unit.field.size;
  const std::int64_t places = value.size(2) * value.size(3);
  for (std::size_t k = 0; k < filters_.size(); ++k) {
    FilterActivity& filter = filters_[k];
    const float* map = value.data_ptr<float>() + static_cast<std::int64_t>(k) * places;
    const std::int64_t best = take(filter, map, places);
    const double activation = map[best];
    const bool kept = filter.patches.size() < most_ || activation > filter.patches.back().activation;
    if (activation <= 0 || !kept) continue;
    unit.centre = {unit.field.first_centre[0] + unit.field.stride[0] * static_cast<double>(best / value.size(3)),
                   unit.field.first_centre[1] + unit.field.stride[1] * static_cast<double>(best % value.size(3))};
    ExcitingPatch patch = cut_out(seen, unit);
    patch.activation = activation;
    patch.picture = pictures_;
    const auto weaker = [](const ExcitingPatch& a, const ExcitingPatch& b) { return a.activation > b.activation; };
    filter.patches.insert(std::upper_bound(filter.patches.begin(), filter.patches.end(), patch, weaker), patch);
    if (filter.patches.size() > most_) filter.patches.pop_back();
  }
  ++pictures_;
}

std::vector<double> FilterWatch::activation_maxima() const {
  std::vector<double> maxima;
  for (const FilterActivity& filter : filters_) maxima.push_back(filter.magnitude);
  return maxima;
}

}  // namespace fovea

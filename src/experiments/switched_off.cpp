// Ablation of one run: the value is computed, a part of it replaced, and only what follows is computed again. Values
// that several ablations follow from are computed anew from what the first ones left.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <cmath>

#include <fovea/ablate.h>
#include <fovea/error.h>

#include "experiments/ablated_run.h"
#include "experiments/landmarks.h"

namespace fovea {
namespace {

[[noreturn]] void cannot_read(std::string_view text) {
  throw Error(ErrorKind::usage, "what shall be switched off by '" + std::string(text) + "' cannot be read",
              "VALUE is a whole layer, VALUE:3,7-9 channels, VALUE:3@4,5 the unit of channel 3 in row 4, column 5");
}

/// Takes a whole number off the front of a text.
std::optional<std::int64_t> take_number(std::string_view& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

/// Reads "3,7-9" or "3@4,5" into an ablation; tells whether it is one.
bool read_places(std::string_view text, Ablation& ablation) {
  constexpr std::int64_t most_channels = 1'000'000;
  do {
    const auto first = take_number(text);
    if (!first) return false;
    if (ablation.channels.empty() && take(text, '@')) {
      const auto row = take_number(text);
      if (!row || !take(text, ',')) return false;
      const auto column = take_number(text);
      if (!column || !text.empty()) return false;
      ablation.channels = {*first};
      ablation.unit = std::array{*row, *column};
      return true;
    }
    const auto last = take(text, '-') ? take_number(text) : first;
    if (!last || *last < *first || *last - *first >= most_channels) return false;
    for (std::int64_t c = *first; c <= *last; ++c) ablation.channels.push_back(c);
  } while (take(text, ','));
  return text.empty();
}

void check_place(const Tensor& value, const Ablation& ablation, std::string_view name) {
  const auto fail = [&](const std::string& what) {
    throw Error(ErrorKind::usage, "'" + std::string(name) + "' " + what, "`fovea inspect MODEL` tells its shape");
  };
  if (value.dim() < 2 || !value.is_floating_point()) fail("holds no channels that could be switched off");
  for (const std::int64_t c : ablation.channels) {
    if (c >= value.size(1)) {
      fail("has channels 0 to " + std::to_string(value.size(1) - 1) + ", found " + std::to_string(c));
    }
  }
  if (!ablation.unit) return;
  const auto [row, column] = *ablation.unit;
  if (value.dim() != 4) fail("has no positions, so a unit of it is a channel");
  if (row >= value.size(2) || column >= value.size(3)) {
    fail("has " + std::to_string(value.size(2)) + " x " + std::to_string(value.size(3)) + " positions, found " +
         std::to_string(row) + "," + std::to_string(column));
  }
}

/// Ablations of one value after another, in the order in which the graph computes them.
std::vector<ValueId> ordered_values(const Graph& graph, const std::vector<Ablation>& ablations) {
  std::vector<ValueId> wanted;
  for (const Ablation& one : ablations) wanted.push_back(one.value);
  const auto place = [&](ValueId value) { return graph.value(value).producer; };  // inputs: -1, first
  std::sort(wanted.begin(), wanted.end(),
            [&](ValueId a, ValueId b) { return place(a) != place(b) ? place(a) < place(b) : a < b; });
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  return wanted;
}

}  // namespace

Ablation parse_ablation(const Graph& graph, std::string_view text) {
  const bool whole = graph.find(text).has_value() || text.rfind(':') == std::string_view::npos;
  const std::string_view name = text.substr(0, whole ? text.size() : text.rfind(':'));
  Ablation ablation{.value = graph.at(name), .channels = {}, .unit = {}};
  if (!whole && !read_places(text.substr(name.size() + 1), ablation)) cannot_read(text);
  return ablation;
}

Tensor switched_off(const Tensor& value, const Ablation& ablation, const Tensor& means, std::string_view name) {
  check_place(value, ablation, name);
  Tensor result = value.clone();
  std::vector<std::int64_t> channels = ablation.channels;
  if (channels.empty()) {
    for (std::int64_t c = 0; c < value.size(1); ++c) channels.push_back(c);
  }
  for (const std::int64_t c : channels) {
    const double left = means.defined() ? means[c].item<double>() : 0;
    Tensor place = result.select(1, c);
    if (ablation.unit) place = place.select(1, (*ablation.unit)[0]).select(1, (*ablation.unit)[1]);
    place.fill_(left);
  }
  return result;
}

AblatedRun::AblatedRun(const Model& model, const AblationSet& set)
    : model_(model), set_(set), values_(ordered_values(model.graph, set.ablations)) {
  const Graph& graph = model.graph;
  const ValueSet after = graph.descendants(values_);
  const auto is_touched = [&](ValueId value) {  // strictly behind something that is switched off
    const NodeId producer = graph.value(value).producer;
    return producer != no_node && after.has_any(graph.node(producer).inputs);
  };
  for (const ValueId value : values_) {
    for (const ValueId needed : frontier(graph, value, graph.logits())) {
      if (!is_touched(needed) && std::find(kept_.begin(), kept_.end(), needed) == kept_.end()) {
        kept_.push_back(needed);
      }
    }
  }
}

AblatedScores AblatedRun::operator()(const Tensor& input) const {
  const Graph& graph = model_.graph;
  const Trace before =
      run(graph, input, {.tape = Tape::none, .keep = KeepValues::named, .named = kept_, .until = {graph.logits()}});
  RunOptions options{.tape = Tape::none, .keep = KeepValues::none};
  for (const ValueId value : kept_) options.given[value] = before.value(value);
  for (const ValueId value : values_) {
    options.until = {value};
    Tensor changed = options.given.contains(value) ? options.given[value] : run(graph, input, options).value(value);
    const auto means = set_.means.find(value);
    for (const Ablation& one : set_.ablations) {
      if (one.value != value) continue;
      changed =
          switched_off(changed, one, means == set_.means.end() ? Tensor{} : means->second, graph.node_name(value));
    }
    options.given[value] = changed;
  }
  options.until = {graph.logits()};
  const Tensor& first = options.given.contains(graph.inputs().front()) ? Tensor{} : input;
  return {probabilities(before), probabilities(run(graph, first, options))};
}

AblatedScores ablate(const Model& model, const Tensor& input, const AblationSet& set) {
  return AblatedRun(model, set)(beside_weights(model.graph, input));
}

}  // namespace fovea

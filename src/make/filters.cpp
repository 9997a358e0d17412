// Filters by gradient ascent from grey noise: each filter's mean activation, x <- x + rate g / rms(g), a few steps, and
// a sheet of the filters that answered most. F. Chollet 2016, How convolutional neural networks see the world (the
// recipe of Keras's first feature pictures).
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>

#include <ATen/ops/cat.h>

#include <fovea/ablate.h>
#include <fovea/display.h>
#include <fovea/error.h>

#include "make/shared/common.h"

namespace fovea::make::filters {
namespace {

constexpr Option options[] = {
    {.name = "at", .fallback = "", .help = "The value whose channels are shown: VALUE, or VALUE:0-31."},
    {.name = "most",
     .type = OptionType::integer,
     .fallback = "64",
     .range = "1..100000",
     .help = "Filters on the sheet: those with the largest mean activation in the end."},
    {.name = "tried",
     .type = OptionType::integer,
     .fallback = "0",
     .range = "0..100000",
     .help = "Filters that are tried, from the first on; 0: all."},
    {.name = "deviation",
     .type = OptionType::number,
     .fallback = "0.1",
     .range = "0..1",
     .help = "Standard deviation about mid-grey that each picture is stretched to; 0: shown as it is."},
    steps_option("20"),
    size_option(),
    canvas_option("pixels(noise=0.02)"),
    transforms_option(""),
    priors_option(""),
    optimiser_option("normalised(rate=0.004, norm=rms)"),
    recipe_option(),
    redirect_option(),
    batch_option("16")};

/// Stretches a picture [3,H,W] to a deviation about mid-grey.
Tensor stretched(const Tensor& picture, double deviation) {
  constexpr double grey = 0.5;
  constexpr double flat = 1e-5;
  if (deviation == 0) return picture;
  const Tensor centred = picture - picture.mean();
  return (centred / (centred.square().mean().sqrt() + flat) * deviation + grey).clamp(0, 1);
}

Made make_filters(const MakeCall& call) {
  const Model& model = call.network();
  const std::string& text = call.options.text("at");
  if (text.empty())
    throw Error(ErrorKind::usage, "'filters' needs a value", "say --at VALUE; `fovea inspect MODEL` lists them");
  const Ablation place = parse_ablation(model.graph, text);
  if (place.unit) throw Error(ErrorKind::usage, "'filters' shows channels, found the unit '" + text + "'");
  std::vector<std::int64_t> channels = place.channels;
  if (channels.empty()) {
    channels.resize(static_cast<std::size_t>(channels_of(model, place.value)));
    std::iota(channels.begin(), channels.end(), 0);
  }
  const auto tried = static_cast<std::size_t>(call.options.integer("tried"));
  if (tried > 0 && channels.size() > tried) channels.resize(tried);
  std::vector<Objective> objectives;
  for (const std::int64_t channel : channels) {
    objectives.push_back(term("channel", {model.graph.name(place.value), std::to_string(channel)}));
  }
  const AscentOptions ascent = ascent_options(call);
  const Climbed climbed = climb_all(call, ascent, objectives);
  std::vector<std::size_t> order(channels.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return climbed.values[a] > climbed.values[b]; });
  order.resize(std::min(order.size(), static_cast<std::size_t>(call.options.integer("most"))));
  std::vector<Tensor> pictures;
  std::vector<MadeTile> tiles;
  Made made;
  std::vector<std::vector<std::string>> table{{"picture", "channel", "mean activation"}};
  for (const std::size_t i : order) {
    const std::string number = std::to_string(channels[i]);
    pictures.push_back(
        stretched(climbed.pictures[static_cast<std::int64_t>(i)], call.options.number("deviation")).unsqueeze(0));
    tiles.push_back({"filter_" + number, number + ": " + short_number(climbed.values[i])});
    table.push_back({tiles.back().name, number, short_number(climbed.values[i])});
  }
  made = made_of(
      at::cat(pictures), tiles,
      text + ": the " + std::to_string(order.size()) + " strongest of " + std::to_string(channels.size()) + " filters");
  made.frames = climbed.frames;
  made.notes = climbed.notes;
  made.notes.insert(made.notes.begin(), describe(ascent));
  made.table = std::move(table);
  return made;
}

}  // namespace

extern constinit const MakeKind descriptor{
    .name = "filters",
    .sentence = "Makes a picture for each filter of a layer in a few steps, and lays out those that answer most.",
    .paper = "Chollet 2016, How convolutional neural networks see the world (The Keras Blog)",
    .details =
        "The quick look at a whole layer: mean activation of each filter, twenty steps of one size from grey "
        "noise, contrast stretched to one deviation. For pictures to keep, `feature` takes longer and is clearer.",
    .options = options,
    .make = make_filters};

}  // namespace fovea::make::filters

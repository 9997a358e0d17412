// Feature visualisation: the picture that excites a unit, a channel, a layer or any objective most,
// x* = argmax objective(T(x)) over random transforms T. Erhan et al. 2009; Olah, Mordvintsev and Schubert 2017.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/ablate.h>
#include <fovea/data.h>
#include <fovea/error.h>

#include "make/shared/common.h"

namespace fovea::make::feature {
namespace {

constexpr Option options[] = {
    {.name = "at",
     .fallback = "",
     .help = "What is excited: VALUE (its channels, as a sheet), VALUE:3,7-9 (channels), VALUE:3@4,5 (one unit); "
             "several are separated by ;"},
    {.name = "objective",
     .fallback = "",
     .help = "An expression instead, or several separated by ;, e.g. channel(conv5,3) + channel(conv5,7); names of "
             "pictures given after the network stand for what the network makes of them."},
    {.name = "unit",
     .type = OptionType::choice,
     .fallback = "channel",
     .range = "channel|neuron|layer",
     .help =
         "What of `at` is excited: the mean of a channel, its unit in the middle, or half the sum of squares of the "
         "whole value."},
    {.name = "most",
     .type = OptionType::integer,
     .fallback = "24",
     .range = "0..100000",
     .help = "Channels on a sheet of a whole value, evenly spaced over it; 0: all."},
    {.name = "diversity",
     .type = OptionType::integer,
     .fallback = "1",
     .range = "1..64",
     .help = "Pictures of each objective, which are kept apart by their Gram matrices at `at`."},
    {.name = "apart",
     .type = OptionType::number,
     .fallback = "1",
     .range = "0..1e9",
     .help = "Weight of being different, beside the objective, where `diversity` is over 1."},
    {.name = "negative",
     .type = OptionType::boolean,
     .fallback = "false",
     .help = "Makes the pictures that excite least instead."},
    steps_option("256"),
    size_option(),
    canvas_option("fourier"),
    transforms_option(lucid_transforms),
    priors_option(""),
    optimiser_option("adam(rate=0.05)"),
    recipe_option(),
    redirect_option(),
    batch_option(),
    keep_option()};

constexpr Setting lucid[] = {{"steps", "512"}};
constexpr Setting plain[] = {
    {"canvas", "pixels"}, {"transforms", ""}, {"priors", "range"}, {"optimiser", "normalised(0.01)"}};
constexpr Setting transparent[] = {{"canvas", "alpha"}};
constexpr Setting cppn[] = {{"canvas", "cppn"}, {"optimiser", "adam(rate=0.005)"}, {"transforms", ""}};
constexpr Preset presets[] = {
    {"lucid", "as Lucid's tutorial: 512 steps", lucid},
    {"plain", "nothing but the gradient on pixels: what all priors are there to prevent", plain},
    {"transparent", "a picture with an alpha plane: what does not matter stays clear", transparent},
    {"cppn", "a smooth picture of any resolution, drawn by a small network", cppn}};

constexpr std::string_view lists[] = {"at", "objective"};

/// One picture to be made.
struct Wanted {
  Objective objective;
  std::string name;
  std::string label;
  ValueId value = no_value;  ///< where its variants are kept apart
  std::int64_t item = 0;     ///< of the list that asks for it
};

void add_places(const MakeCall& call, std::int64_t item, std::vector<Wanted>& wanted) {
  const Model& model = call.network();
  const std::string& unit = call.options.text("unit");
  const std::int64_t most = call.options.integer("most");
  bool sheets = false;  // whether channels are picked out of a whole value
  for (const std::string& text : split_list(call.options.text("at"))) {
    const Ablation place = parse_ablation(model.graph, text);
    const std::string& value = model.graph.name(place.value);
    const std::string stem = file_name(text.substr(0, text.find(':')));
    if (unit == "layer") {
      wanted.push_back({term("energy", {value}), stem, value, place.value, item++});
      continue;
    }
    std::vector<std::int64_t> channels = place.channels;
    if (channels.empty()) {
      const std::int64_t all = channels_of(model, place.value);
      channels = spread_evenly(all, most == 0 ? all : most);
      sheets = true;
    }
    for (const std::int64_t channel : channels) {
      const std::string number = std::to_string(channel);
      std::vector<std::string> arguments{value, number};
      if (place.unit) {
        for (const std::int64_t at : *place.unit) arguments.push_back(std::to_string(at));
      }
      const bool neuron = place.unit.has_value() || unit == "neuron";
      wanted.push_back(
          {term(neuron ? "neuron" : "channel", arguments), stem + "_" + number, number, place.value, item});
    }
    ++item;
  }
  if (!sheets) refuse_asked(call, {"most"}, "where no whole value is laid out");
}

std::vector<Wanted> wanted_of(const MakeCall& call) {
  const Model& model = call.network();
  std::vector<Wanted> wanted;
  std::int64_t item = 0;
  for (const std::string& text : split_list(call.options.text("objective"))) {
    const Objective objective = parse_objective(text);
    const std::vector<ValueId> taps = objective.taps(model.graph);
    if (taps.empty()) throw Error(ErrorKind::usage, "objective '" + text + "' reads nothing of the network");
    wanted.push_back({objective, file_name(text), text, taps.front(), item++});
  }
  if (call.options.text("at").empty()) refuse_asked(call, {"unit"}, "without 'at'");
  add_places(call, item, wanted);
  if (wanted.empty()) {
    throw Error(ErrorKind::usage, "'feature' needs something to excite",
                "say --at VALUE, --at VALUE:CHANNEL or --objective EXPRESSION; `fovea inspect MODEL` lists the values");
  }
  return wanted;
}

/// Repeats every wanted picture `diversity` times, each beside others of its own.
std::vector<Wanted> varied(const MakeCall& call, const std::vector<Wanted>& wanted) {
  const std::int64_t variants = call.options.integer("diversity");
  if (variants == 1) refuse_asked(call, {"apart"}, "where 'diversity' is 1", "add diversity=4, or leave it out");
  std::vector<Wanted> all;
  for (const Wanted& one : wanted) {
    const Objective signed_one = call.options.flag("negative") ? -one.objective : one.objective;
    if (variants == 1) {
      all.push_back({signed_one, one.name, one.label, one.value, one.item});
      continue;
    }
    const Objective apart = signed_one - Objective(call.options.number("apart")) *
                                             term("diversity", {call.network().graph.name(one.value)});
    for (std::int64_t i = 0; i < variants; ++i) {
      const std::string number = std::to_string(i + 1);
      all.push_back({apart, one.name + "_" + number, one.label + " (" + number + ")", one.value, one.item});
    }
  }
  return all;
}

Made make_feature(const MakeCall& call) {
  const std::vector<Wanted> wanted = varied(call, wanted_of(call));
  std::vector<Objective> objectives;
  for (const Wanted& one : wanted) objectives.push_back(one.objective);
  AscentOptions options = ascent_options(call);
  options.targets = targets_of(call, objectives);
  const std::int64_t variants = call.options.integer("diversity");
  if (variants > call.options.integer("batch")) {
    throw Error(ErrorKind::usage, "variants that are kept apart are made in one batch: diversity is " +
                                      std::to_string(variants) + ", batch " + call.options.text("batch"));
  }
  const Climbed climbed = climb_all(call, options, objectives, variants);
  std::vector<MadeTile> tiles;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    tiles.push_back({wanted[i].name, wanted[i].label + ": " + short_number(climbed.values[i])});
  }
  std::string title = call.options.text("at");
  if (title.empty()) title = "feature visualisation";
  Made made = made_of(climbed.pictures, tiles, title);
  if (climbed.raw.size(1) == 4) made.values = climbed.raw;
  made.frames = climbed.frames;
  made.notes = climbed.notes;
  made.notes.insert(made.notes.begin(), describe(options));
  made.table.push_back({"picture", "objective", "value"});
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    made.pictures[i].item = wanted[i].item;
    made.table.push_back({wanted[i].name, objectives[i].text(), short_number(climbed.values[i])});
  }
  if (wanted.size() == 1) made.figures.emplace_back("objective", climbed.values.front());
  return made;
}

}  // namespace

extern constinit const MakeKind descriptor{
    .name = "feature",
    .sentence = "Makes the picture that excites a unit, a channel, a layer or any objective most.",
    .paper =
        "Erhan et al. 2009, Visualizing higher-layer features of a deep network; Olah et al. 2017, Feature "
        "Visualization (Distill)",
    .details =
        "By default Lucid's recipe: a picture whose frequencies and decorrelated colours are varied, seen by the "
        "network through small random shifts, turns and scales, Adam at rate 0.05. A whole value becomes a sheet "
        "of its channels. Under each picture stands its objective as the network last saw it.",
    .pictures = "[IMAGE...]",
    .most_pictures = 64,
    .options = options,
    .presets = presets,
    .lists = lists,
    .make = make_feature};

}  // namespace fovea::make::feature

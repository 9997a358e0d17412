// Yosinski's regularised ascent: x <- x + rate dy/dx, then decay, Gaussian blur every few steps, and pixels of small
// norm or small contribution to the mean; no regularisation in the last step. Yosinski et al. 2015, section 3 and
// table 1; facts of the released code (optimize/gradient_optimizer.py).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/ablate.h>
#include <fovea/error.h>

#include "make/shared/common.h"

namespace fovea::make::yosinski {
namespace {

constexpr Option options[] = {
    {.name = "at",
     .fallback = "",
     .help = "What is excited: VALUE:3 (channel 3's unit in the middle), VALUE:3,7-9, VALUE:3@4,5; several by ;"},
    {.name = "class", .fallback = "", .help = "Classes instead, by index or label: their scores before any softmax."},
    {.name = "decay",
     .type = OptionType::number,
     .fallback = "0.0001",
     .range = "0..1",
     .help = "Share by which the picture goes back to the mean in every step."},
    {.name = "blur",
     .type = OptionType::number,
     .fallback = "1",
     .range = "0..100",
     .help = "Sigma of the blur, px; 0: none."},
    {.name = "blur_every",
     .type = OptionType::integer,
     .fallback = "4",
     .range = "1..100000",
     .help = "Steps from one blur to the next."},
    {.name = "norm_percentile",
     .type = OptionType::number,
     .fallback = "0",
     .range = "0..100",
     .help = "Pixels of a smaller norm than this percentile go to the mean."},
    {.name = "contribution_percentile",
     .type = OptionType::number,
     .fallback = "0",
     .range = "0..100",
     .help = "Pixels that contribute less to the unit than this percentile go to the mean."},
    {.name = "rate",
     .type = OptionType::number,
     .fallback = "100",
     .range = "0..1e12",
     .help = "Learning rate, or the largest one where `gain` is set; for pixels of 0..255, as the paper's."},
    {.name = "gain",
     .type = OptionType::number,
     .fallback = "0",
     .range = "0..1e6",
     .help = "Gain of the unit that each step aims at (the paper's \"progress\" rate); 0: the rate as it is."},
    {.name = "noise",
     .type = OptionType::number,
     .fallback = "10",
     .range = "0..255",
     .help = "Standard deviation of the start about the mean colour, grey levels."},
    steps_option("1000"),
    size_option(),
    redirect_option(),
    batch_option(),
    keep_option()};

constexpr Setting style_1[] = {{"decay", "0"},   {"blur", "0.5"}, {"blur_every", "4"}, {"norm_percentile", "50"},
                               {"steps", "500"}, {"gain", "2"},   {"rate", "100"}};
constexpr Setting style_2[] = {
    {"decay", "0.3"}, {"blur", "0"}, {"norm_percentile", "20"}, {"steps", "750"}, {"rate", "100"}};
constexpr Setting style_3[] = {
    {"decay", "0.0001"}, {"blur", "1"}, {"blur_every", "4"}, {"steps", "1000"}, {"rate", "100"}};
constexpr Setting style_4[] = {
    {"decay", "0"},    {"blur", "0.5"}, {"blur_every", "4"}, {"contribution_percentile", "90"},
    {"steps", "1000"}, {"gain", "2"},   {"rate", "1e8"}};
constexpr Preset presets[] = {{"style_1", "the paper's first: sparse, small pixels clipped", style_1},
                              {"style_2", "the paper's second: strong decay", style_2},
                              {"style_3", "the paper's third, used for most of its figures (the default)", style_3},
                              {"style_4", "the paper's fourth: small contributions clipped", style_4}};

constexpr double grey_levels = 255;

AscentOptions options_of(const MakeCall& call) {
  const Options& chosen = call.options;
  AscentOptions options = ascent_options(call);
  options.canvas = "pixels(noise=" + short_number(chosen.number("noise") / grey_levels) + ")";
  const double rate = chosen.number("rate") / (grey_levels * grey_levels);
  options.optimiser = chosen.number("gain") > 0
                          ? "progress(gain=" + chosen.text("gain") + ", most=" + std::to_string(rate) + ")"
                          : "sgd(rate=" + std::to_string(rate) + ")";
  // In the order of the released code; the picture is clipped before each run, which is after each step.
  if (chosen.number("decay") > 0) options.priors += " decay(" + chosen.text("decay") + ")";
  if (chosen.number("blur") > 0) {
    options.priors += " blur(sigma=" + chosen.text("blur") + ", every=" + chosen.text("blur_every") + ")";
  }
  if (chosen.number("norm_percentile") > 0) options.priors += " clip_norm(" + chosen.text("norm_percentile") + ")";
  if (chosen.number("contribution_percentile") > 0) {
    options.priors += " clip_contribution(" + chosen.text("contribution_percentile") + ")";
  }
  options.priors += " range";
  options.priors.erase(0, 1);
  return options;
}

struct Asked {
  Objective objective;
  MadeTile tile;
};

std::vector<Asked> asked_of(const MakeCall& call) {
  const Model& model = call.network();
  std::vector<Asked> asked;
  for (const std::int64_t index : read_classes(model, call.options.text("class"))) {
    asked.push_back({logit(index), {"class_" + std::to_string(index), label_of(model.card, index)}});
  }
  for (const std::string& text : split_list(call.options.text("at"))) {
    const Ablation place = parse_ablation(model.graph, text);
    if (place.channels.empty()) {
      throw Error(ErrorKind::usage, "'yosinski' excites single units, found the whole value '" + text + "'",
                  "say which channels: " + text + ":0-8");
    }
    for (const std::int64_t channel : place.channels) {
      std::vector<std::string> arguments{model.graph.name(place.value), std::to_string(channel)};
      if (place.unit) {
        for (const std::int64_t at : *place.unit) arguments.push_back(std::to_string(at));
      }
      const std::string number = std::to_string(channel);
      asked.push_back({term("neuron", arguments), {file_name(text.substr(0, text.find(':'))) + "_" + number, number}});
    }
  }
  if (asked.empty()) {
    throw Error(ErrorKind::usage, "'yosinski' needs a unit", "say --at VALUE:CHANNEL or --class C");
  }
  return asked;
}

Made make_yosinski(const MakeCall& call) {
  const std::vector<Asked> asked = asked_of(call);
  std::vector<Objective> objectives;
  std::vector<MadeTile> tiles;
  for (const Asked& one : asked) objectives.push_back(one.objective);
  const AscentOptions options = options_of(call);
  const Climbed climbed = climb_all(call, options, objectives);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    tiles.push_back({asked[i].tile.name, asked[i].tile.label + ": " + short_number(climbed.values[i])});
  }
  Made made = made_of(climbed.pictures, tiles, "units by Yosinski's regularised ascent");
  made.frames = climbed.frames;
  made.notes = climbed.notes;
  made.notes.insert(made.notes.begin(), describe(options));
  made.table.push_back({"picture", "objective", "value"});
  for (std::size_t i = 0; i < asked.size(); ++i) {
    made.table.push_back({tiles[i].name, objectives[i].text(), short_number(climbed.values[i])});
  }
  return made;
}

}  // namespace

extern constinit const MakeKind descriptor{
    .name = "yosinski",
    .sentence = "Makes a unit's preferred picture with four simple priors, in the paper's four styles.",
    .paper = "Yosinski et al. 2015, Understanding neural networks through deep visualization, section 3",
    .details =
        "Rates are those of pixels of 0 to 255 and are converted, so that they hold for any network's input; "
        "decay, blur and clipping act on the picture's difference from the mean colour.",
    .options = options,
    .presets = presets,
    .make = make_yosinski};

}  // namespace fovea::make::yosinski

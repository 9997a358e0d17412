// Class pictures: argmax_I S_c(I) - penalties, S_c the score of class c before any softmax. Simonyan, Vedaldi and
// Zisserman 2013, section 2. Called `class` on the command line, which is no name for a C++ symbol.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include <fovea/display.h>
#include <fovea/error.h>

#include "make/shared/common.h"
#include "make/shared/witnesses.h"

namespace fovea::make::class_picture {
namespace {

constexpr Option options[] = {
    {.name = "class",
     .fallback = "",
     .help = "Classes by index or label: 281; tabby; 0,50,100. Labels are separated by ;"},
    {.name = "objective", .fallback = "", .help = "An expression instead of a class, e.g. logit(3) - logit(5)."},
    {.name = "method",
     .type = OptionType::choice,
     .fallback = "ascent",
     .range = "ascent|octaves",
     .help = "One ascent by the parts below, or the four octaves known from GoogLeNet's class pictures: blurred less "
             "and less while the picture grows."},
    steps_option("400"),
    size_option(),
    canvas_option("fourier"),
    transforms_option("pad(16) jitter(16) scale(0.8, 1.2) rotate(15) jitter(8) flip"),
    priors_option(""),
    optimiser_option("adam(rate=0.05)"),
    recipe_option(),
    redirect_option(),
    batch_option(),
    keep_option()};

constexpr Setting simonyan[] = {{"canvas", "pixels(noise=0)"},
                                {"transforms", ""},
                                {"priors", "alpha_norm(weight=0.01, power=2)"},
                                {"optimiser", "normalised(rate=0.004)"},
                                {"steps", "200"}};
constexpr Setting octaves[] = {{"method", "octaves"}, {"steps", "500"}};
constexpr Preset presets[] = {
    {"simonyan",
     "the paper's: from the mean picture, the score less lambda ||I||^2 and nothing else (it gives neither "
     "lambda nor steps)",
     simonyan},
    {"octaves", "octaves and blur, steps of one size, random crops", octaves}};

constexpr std::string_view lists[] = {"class", "objective"};

/// One octave of the recipe that made GoogLeNet's class pictures known (A. Oygard 2015, Visualizing GoogLeNet classes;
/// figures from memory of the released code): step sizes in grey levels by the mean gradient, blur in px.
struct Octave {
  double share;  ///< of all steps
  double scale;
  double first_blur;
  double last_blur;
  double first_step;
  double last_step;
};
constexpr Octave octave_table[] = {{0.38, 1.0, 2.5, 0.78, 11, 11},
                                   {0.30, 1.2, 0.936, 0.78, 6, 6},
                                   {0.30, 1.2, 0.936, 0.44, 6, 3},
                                   {0.02, 1.0, 0.44, 0.304, 3, 3}};

std::vector<Rung> octave_rungs(const MakeCall& call, const AscentOptions& base) {
  constexpr double grey_levels = 255;
  const Preprocess& preprocess = preprocess_of(call.network());
  std::vector<Rung> rungs;
  for (const Octave& octave : octave_table) {
    Rung rung{.options = base, .scale = octave.scale, .text = {}};
    rung.options.steps = std::max<std::int64_t>(1, std::llround(octave.share * static_cast<double>(base.steps)));
    rung.options.canvas = "pixels(noise=0.03)";
    rung.options.transforms = "crop(" + std::to_string(std::min(preprocess.width, preprocess.height)) + ")";
    rung.options.priors =
        "blur(sigma=" + short_number(octave.first_blur) + ", last_sigma=" + short_number(octave.last_blur) + ") range";
    rung.options.optimiser = "normalised(rate=" + short_number(octave.first_step / grey_levels) +
                             ", last_rate=" + short_number(octave.last_step / grey_levels) + ")";
    rung.text = "octave " + std::to_string(rungs.size() + 1) + " of " + std::to_string(std::size(octave_table));
    rungs.push_back(std::move(rung));
  }
  return rungs;
}

/// One picture to be made.
struct Asked {
  Objective objective;
  std::string name;
  std::string label;
  std::int64_t item = 0;    ///< of the list that asks for it
  std::int64_t index = -1;  ///< of the class; -1: an expression
};

std::vector<Asked> asked_of(const MakeCall& call) {
  const Model& model = call.network();
  std::vector<Asked> asked;
  std::int64_t item = 0;
  for (const std::string& text : split_list(call.options.text("class"))) {
    for (const std::int64_t index : read_classes(model, text)) {
      asked.push_back({logit(index), "class_" + std::to_string(index), label_of(model.card, index), item, index});
    }
    ++item;
  }
  for (const std::string& text : split_list(call.options.text("objective"))) {
    asked.push_back({parse_objective(text), file_name(text), text, item++});
  }
  if (asked.empty()) {
    throw Error(ErrorKind::usage, "'class' needs a class",
                "say --class INDEX or --class LABEL, or several: --class 0,50,100");
  }
  return asked;
}

/// What the network itself says of its pictures, as a file would hold them.
void tell_opinions(const MakeCall& call, const std::vector<Asked>& asked, Made& made) {
  const Model& model = call.network();
  made.table.push_back({"picture", "label", "score", "the network's class", "probability"});
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const Tensor display = to_display(made.pictures[i].image);
    const Tensor input = display_to_input(
        resize_pictures(display, preprocess_of(model).height, preprocess_of(model).width), preprocess_of(model));
    const Trace trace = run(model.graph, input, {.tape = Tape::none});
    const Tensor probabilities = trace.scores().softmax(1)[0];
    const auto top = probabilities.argmax().item<std::int64_t>();
    const double value = evaluate_pictures(model, display, asked[i].objective).front();
    made.table.push_back({asked[i].name, asked[i].label, short_number(value), label_of(model.card, top),
                          short_number(probabilities[top].item<double>())});
    made.pictures[i].item = asked[i].item;
  }
}

Made make_class(const MakeCall& call) {
  const std::vector<Asked> asked = asked_of(call);
  std::vector<Objective> objectives;
  for (const Asked& one : asked) objectives.push_back(one.objective);
  const AscentOptions options = ascent_options(call);
  const bool in_octaves = call.options.text("method") == "octaves";
  if (in_octaves) {
    refuse_asked(call, {"canvas", "transforms", "priors", "optimiser", "keep"},
                 "with method octaves, which has parts of its own", "leave it out, or take method ascent");
  }
  const Climbed climbed = in_octaves ? climb_ladder(call, octave_rungs(call, options), options, objectives)
                                     : climb_all(call, options, objectives);
  std::vector<MadeTile> tiles;
  std::vector<std::string> names;
  for (const Asked& one : asked) {
    tiles.push_back({one.name, one.label});
    names.push_back(one.name);
  }
  Made made = made_of(climbed.pictures, tiles, "class pictures");
  made.frames = climbed.frames;
  made.notes = climbed.notes;
  made.notes.insert(made.notes.begin(), in_octaves ? std::to_string(options.steps) +
                                                         " steps in four octaves of pixels, "
                                                         "random crops, blurred less and less"
                                                   : describe(options));
  tell_opinions(call, asked, made);
  std::vector<std::int64_t> classes;
  for (const Asked& one : asked) {
    if (one.index >= 0) classes.push_back(one.index);
  }
  ask_witnesses(call, climbed.pictures, names, made,
                classes.size() == asked.size() ? classes : std::vector<std::int64_t>());
  return made;
}

}  // namespace

extern constinit const MakeKind descriptor{
    .name = "class",
    .sentence = "Makes the picture that a class scores highest on: what the network takes the class to be.",
    .paper = "Simonyan, Vedaldi and Zisserman 2013, Deep inside convolutional networks, section 2",
    .details =
        "The score is the one before any softmax: the probability could also be raised by making other classes "
        "unlikely. By default frequencies and decorrelated colours are varied, seen through shifts, scales, turns "
        "and flips. The table says what the network answers to the finished picture, and with --check what "
        "other networks do.",
    .options = options,
    .presets = presets,
    .lists = lists,
    .asks_witnesses = true,
    .make = make_class};

}  // namespace fovea::make::class_picture

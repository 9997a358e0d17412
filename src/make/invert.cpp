// Inversion: the picture x whose representation Phi(x) is that of a given one,
// min ||Phi(x) - Phi_0||^2 / ||Phi_0||^2 + R_TV(x) + R_alpha(x). What a layer kept of a picture, and what it let go.
// Mahendran and Vedaldi 2015, equations 1 to 6; figures of their released code (deep-goggle).
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <filesystem>

#include <ATen/ops/cat.h>
#include <ATen/ops/stack.h>

#include <fovea/display.h>
#include <fovea/error.h>

#include "make/shared/common.h"
#include "make/shared/layers.h"

namespace fovea::make::invert {
namespace {

constexpr Option options[] = {
    {.name = "at",
     .fallback = "",
     .help = "Layers that are inverted, names and patterns separated by ;. None: eight spread over the depth."},
    {.name = "method",
     .type = OptionType::choice,
     .fallback = "adam",
     .range = "adam|mahendran",
     .help = "One ascent by the parts below, or the paper's: momentum 0.9, restarted at each of three rates."},
    {.name = "variation",
     .type = OptionType::number,
     .fallback = "-1",
     .range = "-1..1e9",
     .help = "Weight of the total variation, lambda_TV of the released code; -1: 1, 10 or 100 with the layer's depth."},
    {.name = "beta",
     .type = OptionType::number,
     .fallback = "2",
     .range = "0.5..10",
     .help = "Power of the variation."},
    {.name = "decay",
     .type = OptionType::number,
     .fallback = "8e-10",
     .range = "0..1",
     .help = "Weight of the sixth powers of the pixels, lambda_L2 of the released code."},
    {.name = "copies",
     .type = OptionType::integer,
     .fallback = "1",
     .range = "1..64",
     .help = "Inversions of each layer from different noise: what they do not share, the layer does not hold."},
    {.name = "steps",
     .type = OptionType::integer,
     .fallback = "400",
     .range = "3..1000000",
     .help = "Steps for each layer."},
    canvas_option("pixels(noise=0.1)"),
    transforms_option(""),
    priors_option("range"),
    optimiser_option("adam(rate=0.02, last_rate=0.002)"),
    batch_option()};

constexpr Setting paper[] = {
    {"method", "mahendran"}, {"canvas", "pixels(noise=0.27)"}, {"priors", ""}, {"copies", "4"}};
constexpr Preset presets[] = {
    {"mahendran", "the paper's: from noise as strong as a picture, 400 steps of momentum, four copies", paper}};

/// What a picture is to the priors of the released code: rms of a picture less its mean, grey levels; sigma is this
/// times the root of its numbers (27098.1 for 227 x 227 x 3).
constexpr double grey_levels = 255;
constexpr double rms_of_pictures = 68.92;

/// The depth of a layer as a share of the network's nodes.
double depth_of(const Graph& graph, ValueId value) {
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    const auto& outputs = graph.nodes()[i].outputs;
    if (std::find(outputs.begin(), outputs.end(), value) != outputs.end()) {
      return static_cast<double>(i + 1) / static_cast<double>(graph.nodes().size());
    }
  }
  return 0;
}

/// lambda_TV: 1, 10 and 100 for the first, second and last third, as the paper's for layers 1-6, 7-12 and 13-20.
double variation_of(const MakeCall& call, ValueId value) {
  const double chosen = call.options.number("variation");
  if (chosen >= 0) return chosen;
  constexpr double weights[] = {1, 10, 100};
  const double depth = depth_of(call.network().graph, value);
  return weights[std::min<std::size_t>(2, static_cast<std::size_t>(3 * depth))];
}

/// The released code's penalties in display units: half lambda over sigma^2 for grey levels.
std::string penalties_of(const MakeCall& call, ValueId value, double numbers) {
  constexpr double alpha = 6;
  const double sigma2 = rms_of_pictures * rms_of_pictures * numbers;
  const double beta = call.options.number("beta");
  const double variation = variation_of(call, value) / 2 * std::pow(grey_levels, beta) / sigma2;
  const double decay = call.options.number("decay") / 2 * std::pow(grey_levels, alpha) / sigma2;
  std::string text;
  if (variation > 0)
    text += "total_variation(weight=" + short_number(variation) + ", beta=" + short_number(beta) + ") ";
  if (decay > 0) text += "alpha_norm(weight=" + short_number(decay) + ", power=6) ";
  return text + call.options.text("priors");
}

/// What one layer gave: a picture for each of the given ones and copies, and what of Phi_0 is missed.
struct Inverted {
  Tensor pictures;             ///< [N * copies,3,H,W]
  std::vector<double> missed;  ///< ||Phi(x) - Phi_0|| / ||Phi_0||
};

/// Rates of the released code, and their shares of the steps; each is an ascent of its own, so that momentum restarts.
struct Rate {
  double rate;
  double share;
};
constexpr Rate rates[] = {{0.004, 0.25}, {0.0004, 0.5}, {0.00004, 0.25}};

/// The ascents that one batch goes through, the paper's at a share of its rates.
std::vector<AscentOptions> phases_of(const MakeCall& call, const AscentOptions& base, double share) {
  if (call.options.text("method") == "adam") return {base};
  refuse_asked(call, {"optimiser"}, "with method mahendran, which has momentum at rates of its own");
  constexpr double momentum = 0.9;
  const double numbers = 3.0 * base.height * base.width;
  const double sigma2 = rms_of_pictures * rms_of_pictures * numbers;
  std::vector<AscentOptions> phases;
  for (const Rate& rate : rates) {
    AscentOptions phase = base;
    phase.optimiser = "sgd(rate=" + short_number(share * rate.rate * sigma2 / (grey_levels * grey_levels)) +
                      ", momentum=" + short_number(momentum) + ")";
    phase.steps = std::max<std::int64_t>(1, std::llround(rate.share * static_cast<double>(base.steps)));
    phases.push_back(std::move(phase));
  }
  return phases;
}

/// Climbs through the phases; nothing where the first one ends lower than it began, which no rate should do.
Tensor climb_phases(const MakeCall& call, const std::vector<AscentOptions>& phases, Stage& stage, Made& made) {
  Tensor start;
  for (AscentOptions phase : phases) {
    phase.start = start;
    const Ascended found = climb(call, phase, stage);
    ++stage.index;
    const bool fell = !found.stopped.empty() || found.history.back() < found.history.front();
    if (fell && phases.size() > 1 && !start.defined()) return {};
    stage.done += phase.steps;
    start = found.last;
    for (const Tensor& frame : found.frames) made.frames.push_back(mosaic(without_alpha(frame)));
    if (!found.stopped.empty()) {
      made.notes.push_back(stage.text + ": " + found.stopped);
      break;
    }
  }
  return without_alpha(start);
}

/// Climbs at the chosen rates, and at tenths of them for as long as they are too large for the layer.
Tensor climb_safely(const MakeCall& call, const AscentOptions& base, Stage& stage, Made& made) {
  constexpr double least_share = 1e-6;
  constexpr double next = 0.1;
  for (double share = 1; share > least_share; share *= next) {
    const Tensor found = climb_phases(call, phases_of(call, base, share), stage, made);
    if (!found.defined()) continue;
    if (share < 1) {
      made.notes.push_back(stage.text + ": the paper's rates go astray there, " + short_number(share) +
                           " of them was taken");
    }
    return found;
  }
  throw Error(ErrorKind::usage, "no rate of the paper's optimiser comes nearer to '" + stage.text + "'",
              "take method=adam, which has steps of one size");
}

/// Inverts one layer for all pictures [N,3,H,W].
Inverted invert_layer(const MakeCall& call, const Tensor& pictures, ValueId value, Stage& stage, Made& made) {
  const std::string& name = call.network().graph.name(value);
  stage.text = name;
  const Objective distance = term("distance", {name, "given"});
  const Tensor wanted = pictures.repeat_interleave(call.options.integer("copies"), 0);
  const std::int64_t batch = batch_of(call);
  std::vector<Tensor> found;
  Inverted inverted;
  for (std::int64_t begin = 0; begin < wanted.size(0); begin += batch) {
    const std::int64_t size = std::min(batch, wanted.size(0) - begin);
    AscentOptions base = ascent_options(call);
    base.objectives = {-distance};
    base.pictures = size;
    base.height = static_cast<int>(pictures.size(2));
    base.width = static_cast<int>(pictures.size(3));
    base.seed = call.seed + static_cast<std::uint64_t>(stage.index);
    base.priors = penalties_of(call, value, static_cast<double>(pictures[0].numel()));
    set_targets(base.targets, call.network(), base.objectives, "given", wanted.narrow(0, begin, size));
    found.push_back(climb_safely(call, base, stage, made));
    for (const double share : evaluate_pictures(call.network(), found.back().clamp(0, 1), distance, base.targets)) {
      inverted.missed.push_back(std::sqrt(share));
    }
  }
  inverted.pictures = at::cat(found).clamp(0, 1);
  return inverted;
}

/// The mean distance between the representations of different pictures over their norm, by which the paper divides; 0
/// for one picture.
double spread_of(const MakeCall& call, const Tensor& pictures, ValueId value) {
  const Objective distance = term("distance", {call.network().graph.name(value), "given"});
  double sum = 0;
  std::int64_t pairs = 0;
  for (std::int64_t i = 0; i < pictures.size(0); ++i) {
    Targets targets;
    set_targets(targets, call.network(), {distance}, "given", pictures.narrow(0, i, 1));
    for (std::int64_t j = 0; j < pictures.size(0); ++j) {
      if (i == j) continue;
      sum += std::sqrt(evaluate_pictures(call.network(), pictures.narrow(0, j, 1), distance, targets).front());
      ++pairs;
    }
  }
  return pairs == 0 ? 0 : sum / static_cast<double>(pairs);
}

/// The pictures as the network sees them, display units [N,3,H,W].
Tensor seen_pictures(const MakeCall& call) {
  std::vector<Tensor> pictures;
  for (const NamedImage& named : call.pictures) {
    pictures.push_back(to_display(fit_image(named.image, preprocess_of(call.network()))));
  }
  return at::cat(pictures);
}

std::string percent(double share) {
  constexpr double hundred = 100;
  return short_number(std::round(share * hundred * 10) / 10) + " %";
}

/// A sheet: a row for each picture (and copy), a column for each layer, the picture itself first.
void lay_out(const MakeCall& call, const Tensor& pictures, const std::vector<ValueId>& layers,
             const std::vector<Inverted>& inverted, Made& made) {
  constexpr int most_tile = 224;
  const std::int64_t copies = call.options.integer("copies");
  std::vector<Tile> tiles;
  std::vector<Tensor> values;
  for (std::int64_t row = 0; row < pictures.size(0) * copies; ++row) {
    const std::int64_t p = row / copies;
    const std::string stem = std::filesystem::path(call.pictures[static_cast<std::size_t>(p)].name).stem().string();
    tiles.push_back({from_display(pictures[p]), stem});
    for (std::size_t l = 0; l < layers.size(); ++l) {
      const std::string& layer = call.network().graph.name(layers[l]);
      const Tensor one = inverted[l].pictures[row];
      const std::string label = layer + ": " + percent(inverted[l].missed[static_cast<std::size_t>(row)]);
      std::string name = file_name(stem + "_" + layer);
      if (copies > 1) name += "_" + std::to_string(row % copies + 1);
      tiles.push_back({from_display(one), label});
      made.pictures.push_back({name, from_display(one), label});
      values.push_back(one);
    }
  }
  made.values = at::stack(values);
  const int side = std::min(most_tile, tiles.front().image.width);
  made.picture = sheet(tiles, static_cast<int>(layers.size()) + 1,
                       "inverted layers, and the share of each layer's answer that the picture misses", side);
}

Made make_invert(const MakeCall& call) {
  const Model& model = call.network();
  constexpr std::size_t most_layers = 8;
  const std::vector<ValueId> layers = layers_of(model, call.options.text("at"), most_layers);
  const Tensor pictures = seen_pictures(call);
  const std::int64_t rows = pictures.size(0) * call.options.integer("copies");
  const std::int64_t batches = (rows + batch_of(call) - 1) / batch_of(call);
  Stage stage{.total = call.options.integer("steps") * batches * static_cast<std::int64_t>(layers.size())};
  Made made;
  std::vector<Inverted> inverted;
  made.table.push_back({"layer", "missed", "least", "most", "spread", "by spread"});
  for (const ValueId layer : layers) {
    inverted.push_back(invert_layer(call, pictures, layer, stage, made));
    const std::vector<double>& missed = inverted.back().missed;
    double mean = 0;
    for (const double one : missed) mean += one / static_cast<double>(missed.size());
    const double spread = spread_of(call, pictures, layer);
    const auto [least, most] = std::minmax_element(missed.begin(), missed.end());
    std::vector<std::string> row{model.graph.name(layer), short_number(mean), short_number(*least),
                                 short_number(*most)};
    for (const double number : {spread, mean / spread})
      row.push_back(spread > 0 ? short_number(number) : std::string());
    made.table.push_back(std::move(row));
  }
  lay_out(call, pictures, layers, inverted, made);
  AscentOptions told = ascent_options(call);
  if (call.options.text("method") == "mahendran") told.optimiser = "momentum 0.9 at three rates, restarted at each";
  std::vector<std::string> notes{describe(told),
                                 "missed: ||Phi(x) - Phi_0|| / ||Phi_0|| of the finished picture; spread: the mean "
                                 "distance between different pictures over the same norm, by which the paper divides"};
  notes.insert(notes.end(), made.notes.begin(), made.notes.end());
  made.notes = std::move(notes);
  return made;
}

}  // namespace

extern constinit const MakeKind descriptor{
    .name = "invert",
    .sentence = "Inverts layers: makes pictures that a layer cannot tell from a given one.",
    .paper = "Mahendran and Vedaldi 2015, Understanding deep image representations by inverting them",
    .details =
        "What comes back is what the layer kept; what is blurred, moved or repeated it let go. Penalties on total "
        "variation and on the sixth powers of pixels are the paper's, converted to RGB in [0,1], so that they hold "
        "for any input and size. With several pictures the table also divides by the spread of their "
        "representations, as the paper's does. preset=mahendran takes its optimiser too.",
    .pictures = "IMAGE...",
    .least_pictures = 1,
    .most_pictures = 64,
    .options = options,
    .presets = presets,
    .make = make_invert};

}  // namespace fovea::make::invert

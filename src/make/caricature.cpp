// Caricature: the picture that a layer answers to as to a given one, only more so,
// max <a(x), a(x_0)> max(cos, 0.1)^power. Olah, Satyanarayan et al. 2018, The Building Blocks of Interpretability; the
// objective of Lucid's caricatures and feature inversions.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>

#include <ATen/ops/cat.h>
#include <ATen/ops/stack.h>

#include <fovea/display.h>
#include <fovea/error.h>

#include "make/shared/common.h"
#include "make/shared/layers.h"

namespace fovea::make::caricature {
namespace {

constexpr Option options[] = {
    {.name = "at",
     .fallback = "",
     .help = "Layers, names and patterns separated by ;. None: five spread over the depth."},
    {.name = "power",
     .type = OptionType::number,
     .fallback = "1",
     .range = "0..16",
     .help = "Power of the cosine: 0 exaggerates only, higher ones stay closer to the picture."},
    steps_option("256"),
    size_option(),
    canvas_option("fourier"),
    transforms_option("pad(4) jitter(4) scale(0.95, 1.05) rotate(3) jitter(2)"),
    priors_option(""),
    optimiser_option("adam(rate=0.05)"),
    batch_option()};

constexpr Setting inversion[] = {{"power", "2"}, {"transforms", ""}};
constexpr Preset presets[] = {{"inversion", "closer to the picture, seen without transforms", inversion}};

/// The caricatures at one layer, one for each picture, and the cosine of their answers with the pictures'.
struct Drawn {
  Tensor pictures;
  std::vector<double> cosines;
};

Drawn draw_layer(const MakeCall& call, const Tensor& pictures, ValueId value, Stage& stage, Made& made) {
  const std::string& name = call.network().graph.name(value);
  stage.text = name;
  const Objective cosine = term("cosine", {name, "given"});
  const std::int64_t batch = batch_of(call);
  std::vector<Tensor> drawn;
  Drawn result;
  for (std::int64_t begin = 0; begin < pictures.size(0); begin += batch) {
    const std::int64_t size = std::min(batch, pictures.size(0) - begin);
    AscentOptions ascent = ascent_options(call);
    ascent.objectives = {term("dot", {name, "given", call.options.text("power")})};
    ascent.pictures = size;
    ascent.seed = call.seed + static_cast<std::uint64_t>(stage.index);
    if (ascent.width == 0) {
      ascent.height = static_cast<int>(pictures.size(2));
      ascent.width = static_cast<int>(pictures.size(3));
    }
    const Tensor given = resize_pictures(pictures.narrow(0, begin, size), ascent.height, ascent.width);
    set_targets(ascent.targets, call.network(), ascent.objectives, "given", given);
    const Ascended found = climb(call, ascent, stage);
    stage.advance(ascent.steps);
    if (!found.stopped.empty()) made.notes.push_back(name + ": " + found.stopped);
    for (const Tensor& frame : found.frames) made.frames.push_back(mosaic(without_alpha(frame)));
    drawn.push_back(without_alpha(found.last).clamp(0, 1));
    const std::vector<double> cosines = evaluate_pictures(call.network(), drawn.back(), cosine, ascent.targets);
    result.cosines.insert(result.cosines.end(), cosines.begin(), cosines.end());
  }
  result.pictures = at::cat(drawn);
  return result;
}

Made make_caricature(const MakeCall& call) {
  constexpr std::size_t most_layers = 5;
  constexpr int most_tile = 256;
  const std::vector<ValueId> layers = layers_of(call.network(), call.options.text("at"), most_layers);
  std::vector<Tensor> seen;
  for (const NamedImage& named : call.pictures) {
    seen.push_back(to_display(fit_image(named.image, preprocess_of(call.network()))));
  }
  const Tensor pictures = at::cat(seen);
  const std::int64_t batches = (pictures.size(0) + batch_of(call) - 1) / batch_of(call);
  Stage stage{.total = call.options.integer("steps") * batches * static_cast<std::int64_t>(layers.size())};
  Made made;
  std::vector<Drawn> drawn;
  for (const ValueId layer : layers) drawn.push_back(draw_layer(call, pictures, layer, stage, made));
  made.table.push_back({"picture", "layer", "cosine"});
  std::vector<Tile> tiles;
  std::vector<Tensor> values;
  for (std::int64_t p = 0; p < pictures.size(0); ++p) {
    const std::string stem = std::filesystem::path(call.pictures[static_cast<std::size_t>(p)].name).stem().string();
    tiles.push_back({from_display(pictures[p]), stem});
    for (std::size_t l = 0; l < layers.size(); ++l) {
      const std::string& layer = call.network().graph.name(layers[l]);
      const std::string cosine = short_number(drawn[l].cosines[static_cast<std::size_t>(p)]);
      const Image picture = from_display(drawn[l].pictures[p]);
      tiles.push_back({picture, layer + ": cosine " + cosine});
      made.pictures.push_back({file_name(stem + "_" + layer), picture, tiles.back().label});
      made.table.push_back({stem, layer, cosine});
      values.push_back(drawn[l].pictures[p]);
    }
  }
  made.values = at::stack(values);
  made.picture = sheet(tiles, static_cast<int>(layers.size()) + 1, "caricatures by layer",
                       std::min(most_tile, tiles.front().image.width));
  made.notes.insert(made.notes.begin(), describe(ascent_options(call)) +
                                            "; cosine: of the layer's answers to the caricature and the picture");
  return made;
}

}  // namespace

extern constinit const MakeKind descriptor{
    .name = "caricature",
    .sentence = "Draws a picture's caricature by each layer: what the layer sees in it, exaggerated.",
    .paper = "Olah et al. 2018, The building blocks of interpretability (Distill)",
    .details =
        "Beside an inversion, which asks for the same answer, a caricature asks for more of it: what a layer takes "
        "for important grows, and what it ignores is free.",
    .pictures = "IMAGE...",
    .least_pictures = 1,
    .most_pictures = 64,
    .options = options,
    .presets = presets,
    .make = make_caricature};

}  // namespace fovea::make::caricature

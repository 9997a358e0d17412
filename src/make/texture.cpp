// Textures by Gram matrices: a picture whose features occur together as often as in the given one, wherever they do,
// min sum_l |G_l(x) - G_l|^2 / |G_l|^2, by L-BFGS from noise. Gatys, Ecker and Bethge 2015.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include <ATen/ops/gather.h>

#include <fovea/display.h>
#include <fovea/error.h>

#include "make/shared/common.h"
#include "make/shared/imitate.h"
#include "make/shared/layers.h"

namespace fovea::make::texture {
namespace {

constexpr Option options[] = {
    {.name = "at",
     .fallback = "",
     .help = "Layers, names and patterns separated by ;. None: the first of each size of maps, `depth` of them."},
    {.name = "depth",
     .type = OptionType::integer,
     .fallback = "4",
     .range = "1..32",
     .help = "Sizes of maps where no layers are named: few give small grains, many large structures."},
    {.name = "source_size",
     .type = OptionType::integer,
     .fallback = "256",
     .range = "0..4096",
     .help = "Shorter side that the given picture is brought to, px; 0: as it is."},
    {.name = "size",
     .type = OptionType::integer,
     .fallback = "256",
     .range = "0..4096",
     .help = "Side of the texture, px; 0: the given picture's size."},
    {.name = "histogram",
     .type = OptionType::boolean,
     .fallback = "false",
     .help = "Matches each colour's histogram to the given picture's in the end, as the released code does."},
    pooling_option("average"),
    {.name = "steps",
     .type = OptionType::integer,
     .fallback = "400",
     .range = "1..1000000",
     .help = "Steps of the ascent."},
    canvas_option("pixels(noise=0.1, bound=sigmoid)"),
    transforms_option(""),
    priors_option(""),
    optimiser_option("lbfgs(history=20)")};

constexpr Setting gatys[] = {{"pooling", "average"}, {"depth", "5"}, {"steps", "2000"}, {"histogram", "true"}};
constexpr Preset presets[] = {
    {"gatys", "the released code's: five sizes of maps, 2000 steps, histograms matched", gatys}};

/// The picture with the colours' histograms of another: the k-th smallest value becomes the other's at that share.
Tensor with_histograms(const Tensor& picture, const Tensor& other) {
  const Tensor flat = picture.flatten(2);
  const std::int64_t count = flat.size(2);
  const Tensor rank = flat.argsort(2, false).argsort(2, false);
  const Tensor sorted = std::get<0>(other.flatten(2).sort(2));
  const double stretch =
      static_cast<double>(sorted.size(2) - 1) / static_cast<double>(std::max<std::int64_t>(count - 1, 1));
  const Tensor at = (rank.to(at::kDouble) * stretch).round().to(at::kLong);
  return at::gather(sorted, 2, at).reshape(picture.sizes());
}

Tensor source_of(const MakeCall& call) {
  const Tensor source = to_display(call.pictures.front().image);
  const auto wanted = static_cast<double>(call.options.integer("source_size"));
  const auto shorter = static_cast<double>(std::min(source.size(2), source.size(3)));
  if (wanted == 0 || shorter == wanted) return source;
  return resize_pictures(source, std::llround(static_cast<double>(source.size(2)) * wanted / shorter),
                         std::llround(static_cast<double>(source.size(3)) * wanted / shorter));
}

Made make_texture(const MakeCall& call) {
  const Model pooled = call.options.text("pooling") == "average" ? with_average_pools(call.network()) : call.network();
  MakeCall asked = call;
  asked.model = &pooled;
  const std::string& at = call.options.text("at");
  if (!at.empty()) refuse_asked(call, {"depth"}, "beside 'at', which names the layers");
  const std::vector<ValueId> layers =
      at.empty() ? layers_by_size(pooled, static_cast<std::size_t>(call.options.integer("depth")))
                 : layers_of(pooled, at, 1);
  const Tensor source = source_of(call);
  const Answers wanted = answers_of(pooled, source, layers);
  AscentOptions ascent = ascent_options(asked);
  ascent.objectives = {-imitate_gram(pooled, wanted, "source", ascent.targets)};
  if (ascent.width == 0) {
    ascent.height = static_cast<int>(source.size(2));
    ascent.width = static_cast<int>(source.size(3));
  }
  const Ascended found = climb(asked, ascent, {.done = 0, .total = ascent.steps, .index = 0, .text = {}});
  Tensor texture = without_alpha(found.last).clamp(0, 1);
  if (call.options.flag("histogram")) texture = with_histograms(texture, source);
  Made made = made_of(texture, {{"texture", "texture"}}, "texture");
  made.notes.push_back(describe(ascent) + (call.options.text("pooling") == "average" ? "; pools average" : ""));
  if (!found.stopped.empty()) made.notes.push_back(found.stopped);
  made.notes.emplace_back("gram error: |G - G_0| / |G_0| of the finished picture, rounded as a file holds it");
  const std::vector<double> errors = gram_errors(pooled, to_display(made.pictures.front().image), wanted);
  made.table.push_back({"layer", "gram error"});
  for (std::size_t l = 0; l < layers.size(); ++l)
    made.table.push_back({pooled.graph.name(layers[l]), short_number(errors[l])});
  made.figures.emplace_back("largest_gram_error", *std::max_element(errors.begin(), errors.end()));
  for (const Tensor& frame : found.frames) made.frames.push_back(mosaic(without_alpha(frame)));
  return made;
}

}  // namespace

extern constinit const MakeKind descriptor{
    .name = "texture",
    .sentence = "Makes more of a texture: a new picture with the same features, elsewhere.",
    .paper = "Gatys, Ecker and Bethge 2015, Texture synthesis using convolutional neural networks",
    .details =
        "Gram matrices tell which features of a layer occur together, over all places, and nothing of where. Every "
        "layer's error is taken as a share of its own size, so that none drowns another (the paper rescales the "
        "network's weights instead). The released code keeps pixels within the source's range; here a logistic "
        "function keeps them within what can be shown. For textures that are grown pixel by pixel see `grow`.",
    .pictures = "IMAGE",
    .least_pictures = 1,
    .most_pictures = 1,
    .options = options,
    .presets = presets,
    .make = make_texture};

}  // namespace fovea::make::texture

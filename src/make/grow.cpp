// Texture grown from a sample, pixel by pixel: no network, only the question which windows of the sample look like what
// is already there. Efros and Leung 1999; scan-line order: Wei and Levoy 2000.
// SPDX-License-Identifier: Apache-2.0
#include "texture/grow.h"

#include <algorithm>
#include <cmath>

#include <fovea/ascent.h>
#include <fovea/display.h>
#include <fovea/error.h>

#include "make/shared/common.h"

namespace fovea::make::grow {
namespace {

constexpr Option options[] = {
    {.name = "order",
     .type = OptionType::choice,
     .fallback = "onion",
     .range = "onion|scan",
     .help = "From a seed outward (the paper's), or row by row from what is above and to the left."},
    {.name = "size",
     .type = OptionType::integer,
     .fallback = "128",
     .range = "3..4096",
     .help = "Side of the texture, px."},
    {.name = "sample",
     .type = OptionType::integer,
     .fallback = "64",
     .range = "0..1024",
     .help = "Side of the sample, px: a square is cut out of the picture's middle and brought to it; 0: the picture as "
             "it is."},
    {.name = "window",
     .type = OptionType::integer,
     .fallback = "11",
     .range = "3..99",
     .help = "Side of the windows, odd, px."},
    {.name = "seed_side",
     .type = OptionType::integer,
     .fallback = "3",
     .range = "1..99",
     .help = "Side of the patch of the sample that an onion begins with, px."},
    {.name = "tolerance",
     .type = OptionType::number,
     .fallback = "0.1",
     .range = "0..10",
     .help = "How much worse than the best a window may be, of which one is drawn."},
    {.name = "ceiling",
     .type = OptionType::number,
     .fallback = "0.3",
     .range = "0..10",
     .help = "Largest error of a match in an onion; it rises by a tenth whenever nothing fits."}};

/// The sample [3,h,w] in display units.
Tensor sample_of(const MakeCall& call) {
  const Tensor picture = to_display(call.pictures.front().image);
  const std::int64_t side = call.options.integer("sample");
  if (side == 0) return picture[0];
  const std::int64_t shorter = std::min(picture.size(2), picture.size(3));
  const Tensor square =
      picture.narrow(2, (picture.size(2) - shorter) / 2, shorter).narrow(3, (picture.size(3) - shorter) / 2, shorter);
  constexpr double white = 255;
  return ((resize_pictures(square.contiguous(), side, side) * white).round() /
          white)[0];  // colours that a file can hold
}

Made make_grow(const MakeCall& call) {
  const Tensor sample = sample_of(call);
  const bool onion = call.options.text("order") == "onion";
  std::vector<Image> frames;
  constexpr std::int64_t most_frames = 200;
  std::int64_t next_frame = 0;
  GrowthOptions growth{.height = call.options.integer("size"),
                       .width = call.options.integer("size"),
                       .window = static_cast<int>(call.options.integer("window")),
                       .seed_side = static_cast<int>(call.options.integer("seed_side")),
                       .tolerance = call.options.number("tolerance"),
                       .ceiling = call.options.number("ceiling"),
                       .order = onion ? GrowthOrder::onion : GrowthOrder::scan,
                       .seed = call.seed,
                       .watch = {}};
  const std::int64_t pixels = growth.height * growth.width;
  growth.watch = [&](std::int64_t known, const Tensor& picture) {
    if (call.preview) call.preview([&] { return from_display(picture); });
    if (call.film && known >= next_frame) {
      frames.push_back(from_display(picture));
      next_frame = known + pixels / most_frames;
    }
    return !call.progress || call.progress({.done = known, .total = pixels, .value = {}, .stage = "pixels"});
  };
  const Grown grown = grow_texture(sample, growth);
  Made made = made_of(grown.picture.unsqueeze(0), {{"grown", "grown"}}, "grown texture");
  made.pictures.push_back({"sample", from_display(sample), "sample"});
  made.frames = std::move(frames);
  made.notes.push_back(
      std::string(onion ? "onion order: every other pixel of a layer is matched at once, those with most "
                          "known neighbours first"
                        : "scan-line order: each pixel by what is above and to its left") +
      "; sample of " + std::to_string(sample.size(2)) + " x " + std::to_string(sample.size(1)) + " px, windows of " +
      call.options.text("window") + " px");
  made.figures = {{"mean_error", grown.mean_error}, {"rounds", static_cast<double>(grown.rounds)}};
  if (onion) made.figures.emplace_back("ceiling", grown.ceiling);
  return made;
}

}  // namespace

extern constinit const MakeKind descriptor{
    .name = "grow",
    .sentence = "Grows more of a texture from a sample, pixel by pixel, without any network.",
    .paper = "Efros and Leung 1999, Texture synthesis by non-parametric sampling; Wei and Levoy 2000",
    .details =
        "Every new pixel is the middle of one of the sample's windows that look most like its surroundings, so each "
        "is a pixel of the sample. Windows should be as large as the texture's largest regular feature: smaller "
        "ones forget it, larger ones copy. The `texture` kind does the same by a network's statistics.",
    .needs_model = false,
    .pictures = "IMAGE",
    .least_pictures = 1,
    .most_pictures = 1,
    .options = options,
    .make = make_grow};

}  // namespace fovea::make::grow

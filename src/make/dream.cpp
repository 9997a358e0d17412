// DeepDream: more of whatever a layer sees, x <- x + rate g / mean|g|, g the gradient of half the layer's sum of
// squares (or of what a guide picture draws out), under circular jitter, over octaves: the detail of a smaller picture
// is enlarged onto the next. Mordvintsev, Olah and Tyka 2015, Inceptionism, and their notebook.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include <fovea/display.h>
#include <fovea/error.h>

#include "core/random.h"
#include "make/shared/common.h"
#include "make/shared/layers.h"

namespace fovea::make::dream {
namespace {

constexpr Option options[] = {
    {.name = "at",
     .fallback = "",
     .help = "The layer whose answer is made larger; none: one in the middle of those with maps of a sixteenth."},
    {.name = "objective", .fallback = "", .help = "An expression instead, e.g. channel(conv4,17)."},
    {.name = "octaves",
     .type = OptionType::integer,
     .fallback = "4",
     .range = "1..32",
     .help = "Sizes, smallest first."},
    {.name = "octave_scale",
     .type = OptionType::number,
     .fallback = "1.4",
     .range = "1..10",
     .help = "Ratio of one octave's sides to the next smaller one's."},
    {.name = "steps",
     .type = OptionType::integer,
     .fallback = "10",
     .range = "1..1000000",
     .help = "Steps in each octave."},
    {.name = "size",
     .type = OptionType::integer,
     .fallback = "640",
     .range = "0..8192",
     .help = "Longer side, px: larger pictures are made smaller first; 0: as they are."},
    canvas_option("pixels"),
    transforms_option("jitter(32, mode=roll)"),
    priors_option("range"),
    optimiser_option("normalised(rate=0.00588)"),
    {.name = "zoom",
     .type = OptionType::integer,
     .fallback = "0",
     .range = "0..100000",
     .help = "Frames of a flight into the dream: each frame is dreamt on, then enlarged a little; 0: one picture."},
    {.name = "zoom_scale",
     .type = OptionType::number,
     .fallback = "0.05",
     .range = "0..0.9",
     .help = "Share of each side that one frame of the flight cuts away."},
    recipe_option(),
    redirect_option()};

constexpr Setting paper[] = {{"size", "0"}};
constexpr Preset presets[] = {
    {"notebook", "the notebook's: the picture as it is, 4 octaves of 1.4, 10 steps of 1.5 grey levels, jitter 32",
     paper}};

/// The picture that is dreamt on, display units [1,3,H,W].
Tensor start_of(const MakeCall& call) {
  constexpr double noise = 0.1;
  const auto most = static_cast<double>(call.options.integer("size"));
  if (call.pictures.empty()) {
    const Preprocess& preprocess = preprocess_of(call.network());
    const std::int64_t height = most > 0 ? static_cast<std::int64_t>(most) : preprocess.height;
    const std::int64_t width = most > 0 ? height : preprocess.width;
    return (mean_colour(preprocess) + noise * normal({1, 3, height, width}, call.seed, 0)).clamp(0, 1);
  }
  const Tensor picture = to_display(call.pictures.front().image);
  const auto longer = static_cast<double>(std::max(picture.size(2), picture.size(3)));
  if (most == 0 || longer <= most) return picture;
  return resize_pictures(picture, std::llround(static_cast<double>(picture.size(2)) * most / longer),
                         std::llround(static_cast<double>(picture.size(3)) * most / longer));
}

/// What is made large, and what it is called.
struct Asked {
  Objective objective;
  std::string words;
};

Asked asked_of(const MakeCall& call) {
  const Model& model = call.network();
  const std::string& expression = call.options.text("objective");
  if (!expression.empty()) return {parse_objective(expression), expression};
  const std::string& at = call.options.text("at");
  constexpr std::int64_t stride = 16;
  const ValueId value = at.empty() ? layer_at_stride(model, stride) : model.graph.at(at);
  const std::string& name = model.graph.name(value);
  if (call.pictures.size() > 1) {
    const std::string& guide = call.pictures[1].name;
    return {term("guide", {name, guide}), name + ", guided by " + guide};
  }
  return {term("energy", {name}), name};
}

/// Sizes of the octaves, smallest first; those in which the network can no longer see are left out.
std::vector<std::pair<std::int64_t, std::int64_t>> octaves_of(const MakeCall& call, const Tensor& base) {
  constexpr std::int64_t least = 16;  // px: below that no layer of interest has a map
  std::vector<std::pair<std::int64_t, std::int64_t>> sizes;
  const double scale = call.options.number("octave_scale");
  for (std::int64_t i = call.options.integer("octaves") - 1; i >= 0; --i) {
    const double by = std::pow(scale, static_cast<double>(i));
    const std::int64_t height = std::llround(static_cast<double>(base.size(2)) / by);
    const std::int64_t width = std::llround(static_cast<double>(base.size(3)) / by);
    if (i == 0 || (height >= least && width >= least)) sizes.emplace_back(height, width);
  }
  return sizes;
}

/// Dreams on a picture: the octaves of one frame.
Tensor dream_on(const MakeCall& call, const AscentOptions& ascent, const Tensor& base, Stage& stage, Made& made) {
  const auto sizes = octaves_of(call, base);
  Tensor detail;
  std::vector<Image> frames;
  for (std::size_t o = 0; o < sizes.size(); ++o) {
    const auto [height, width] = sizes[o];
    const Tensor plain = resize_pictures(base, height, width);
    AscentOptions part = ascent;
    part.height = static_cast<int>(height);
    part.width = static_cast<int>(width);
    part.start = detail.defined() ? plain + resize_pictures(detail, height, width) : plain;
    part.seed = ascent.seed + static_cast<std::uint64_t>(stage.index);
    stage.text = "octave " + std::to_string(o + 1) + " of " + std::to_string(sizes.size());
    const Ascended found = climb(call, part, stage);
    stage.advance(part.steps);
    detail = found.last - plain;
    if (!found.stopped.empty()) made.notes.push_back(found.stopped);
    if (found.fitted && made.notes.empty())
      made.notes.emplace_back("the network sees the picture resized to its own size");
    for (const Tensor& frame : found.frames)
      frames.push_back(from_display(resize_pictures(frame, base.size(2), base.size(3))));
    if (o + 1 == sizes.size()) {
      if (call.options.integer("zoom") == 0) made.frames = std::move(frames);
      return found.last.clamp(0, 1);
    }
  }
  return base;
}

/// Cuts a share of every side's length away and enlarges the middle again.
Tensor zoomed(const Tensor& picture, double share) {
  const auto cut = [&](std::int64_t side) {
    return std::clamp<std::int64_t>(std::llround(static_cast<double>(side) * share / 2), share > 0 ? 1 : 0,
                                    (side - 1) / 2);
  };
  const std::int64_t rows = cut(picture.size(2));
  const std::int64_t columns = cut(picture.size(3));
  const Tensor middle =
      picture.narrow(2, rows, picture.size(2) - 2 * rows).narrow(3, columns, picture.size(3) - 2 * columns);
  return resize_pictures(middle.contiguous(), picture.size(2), picture.size(3));
}

Made make_dream(const MakeCall& call) {
  if (!call.options.text("objective").empty())
    refuse_asked(call, {"at"}, "beside 'objective', which says what is dreamt");
  if (call.options.integer("zoom") == 0)
    refuse_asked(call, {"zoom_scale"}, "without 'zoom'", "add zoom=100, or leave it out");
  const Asked asked = asked_of(call);
  AscentOptions ascent = ascent_options(call);
  ascent.objectives = {asked.objective};
  Tensor picture = start_of(call);
  for (const NamedImage& named : call.pictures) {
    set_targets(ascent.targets, call.network(), ascent.objectives, named.name, to_display(named.image));
  }
  const std::int64_t zoom = call.options.integer("zoom");
  const std::int64_t frames = std::max<std::int64_t>(zoom, 1);
  Stage stage{.total = frames * ascent.steps * static_cast<std::int64_t>(octaves_of(call, picture).size())};
  Made made;
  std::vector<Image> flight;
  for (std::int64_t frame = 0; frame < frames; ++frame) {
    if (frame > 0) picture = zoomed(picture, call.options.number("zoom_scale"));
    picture = dream_on(call, ascent, picture, stage, made);
    if (zoom > 0) flight.push_back(from_display(picture));
  }
  Made result = made_of(picture, {{"dream", asked.words}}, "dream");
  result.notes = made.notes;
  const auto sizes = octaves_of(call, picture);
  const std::string smallest =
      std::to_string(sizes.front().second) + " x " + std::to_string(sizes.front().first) + " px";
  const std::string octaves = sizes.size() == 1 ? "one octave of " + smallest
                                                : std::to_string(sizes.size()) + " octaves from " + smallest + " on";
  result.notes.insert(result.notes.begin(),
                      "more of " + asked.words + ", " + octaves + "; " + describe(ascent) + " in each");
  result.frames = zoom > 0 ? std::move(flight) : std::move(made.frames);
  const std::vector<double> before = evaluate_pictures(call.network(), start_of(call), asked.objective, ascent.targets);
  const std::vector<double> after = evaluate_pictures(call.network(), picture, asked.objective, ascent.targets);
  result.figures = {{"objective_before", before.front()}, {"objective_after", after.front()}};
  return result;
}

}  // namespace

extern constinit const MakeKind descriptor{
    .name = "dream",
    .sentence = "Dreams: draws more of whatever a layer sees into a picture, at several sizes.",
    .paper = "Mordvintsev, Olah and Tyka 2015, Inceptionism; their DeepDream notebook",
    .details =
        "Lower layers draw strokes and textures, middle ones eyes, wheels and windows, high ones whole animals. A "
        "second picture guides: every place is drawn to the feature of the guide that fits it best. Without a "
        "picture the dream starts from noise. --film shows the steps; --set zoom=100 --out flight.mp4 flies into "
        "the dream.",
    .pictures = "[IMAGE [GUIDE]]",
    .most_pictures = 2,
    .options = options,
    .presets = presets,
    .make = make_dream};

}  // namespace fovea::make::dream

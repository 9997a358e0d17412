// Style transfer: a picture that a deep layer sees as the content and whose Gram matrices are a style's,
// min c |F - F_content|^2 / |F_content|^2 + s sum_l |G_l - G_l,style|^2 / |G_l,style|^2 + v TV. Gatys, Ecker and Bethge
// 2016; several styles, masks and kept colours: Gatys et al. 2017, Controlling perceptual factors.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <filesystem>

#include <ATen/ops/cat.h>
#include <ATen/ops/tensor.h>

#include <fovea/display.h>
#include <fovea/error.h>

#include "make/shared/common.h"
#include "make/shared/imitate.h"
#include "make/shared/layers.h"

namespace fovea::make::style {
namespace {

constexpr Option options[] = {
    {.name = "at",
     .fallback = "",
     .help = "Layers of the style, names and patterns separated by ;. None: the first of each of five sizes of maps."},
    {.name = "content_at", .fallback = "", .help = "Layer of the content. None: the style layer before the deepest."},
    {.name = "content",
     .type = OptionType::number,
     .fallback = "1",
     .range = "0..1e9",
     .help = "Weight of the content."},
    {.name = "style", .type = OptionType::number, .fallback = "10", .range = "0..1e9", .help = "Weight of the style."},
    {.name = "smooth",
     .type = OptionType::number,
     .fallback = "0.1",
     .range = "0..1e9",
     .help = "Weight of the total variation per pixel."},
    {.name = "blend", .fallback = "", .help = "Weights of several styles, separated by ; none: all alike."},
    {.name = "masks",
     .type = OptionType::boolean,
     .fallback = "false",
     .help =
         "The second half of the pictures after the first are masks, one for each style: where it is white the style "
         "holds."},
    {.name = "colour",
     .type = OptionType::choice,
     .fallback = "style",
     .range = "style|content",
     .help = "Whose colours the picture has; content: only lightness is painted."},
    {.name = "start",
     .type = OptionType::choice,
     .fallback = "content",
     .range = "content|noise|style",
     .help = "What the ascent begins with."},
    {.name = "size",
     .type = OptionType::integer,
     .fallback = "384",
     .range = "16..4096",
     .help = "Longer side, px; over 384 it is painted small first and then enlarged by steps of 2."},
    pooling_option("max"),
    {.name = "steps",
     .type = OptionType::integer,
     .fallback = "150",
     .range = "1..1000000",
     .help = "Steps at the smallest size; half as many at each larger one."},
    canvas_option("pixels(noise=0.1, bound=sigmoid)"),
    transforms_option(""),
    priors_option(""),
    optimiser_option("lbfgs(history=20)")};

constexpr Setting gatys[] = {{"start", "noise"}, {"pooling", "average"}, {"steps", "500"}, {"smooth", "0"}};
constexpr Preset presets[] = {{"gatys", "the paper's: from noise, pools average, no penalty on variation", gatys}};

/// Longer side up to which one ascent paints everything, px.
constexpr std::int64_t small_side = 384;

constexpr double luma[] = {0.299, 0.587, 0.114};

Tensor lightness(const Tensor& picture) {
  const Tensor weights = at::tensor({luma[0], luma[1], luma[2]}).to(picture.scalar_type()).reshape({1, 3, 1, 1});
  return (picture * weights).sum(1, true);
}

/// A picture whose longer side is `side`.
Tensor with_side(const Tensor& picture, std::int64_t side) {
  const auto longer = static_cast<double>(std::max(picture.size(2), picture.size(3)));
  const double by = static_cast<double>(side) / longer;
  return resize_pictures(picture, std::max<std::int64_t>(1, std::llround(static_cast<double>(picture.size(2)) * by)),
                         std::max<std::int64_t>(1, std::llround(static_cast<double>(picture.size(3)) * by)));
}

/// One style: its picture, its share, and where it holds.
struct Style {
  std::string name;
  Tensor picture;
  double share = 1;
  Tensor mask;  ///< [1,1,H,W]; undefined: everywhere
};

double share_of(const std::vector<std::string>& blend, std::size_t i, std::size_t styles) {
  if (blend.empty()) return 1 / static_cast<double>(styles);
  try {
    return std::stod(blend[i]);
  } catch (const std::exception&) {
    throw Error(ErrorKind::usage, "option 'blend' holds numbers, found '" + blend[i] + "'", "such as blend=0.7;0.3");
  }
}

std::vector<Style> styles_of(const MakeCall& call) {
  const std::size_t others = call.pictures.size() - 1;
  const bool masks = call.options.flag("masks");
  if (masks && others % 2 != 0) {
    throw Error(ErrorKind::usage,
                "a mask belongs to each style: after the content there are " + std::to_string(others) +
                    " pictures, which is no even number",
                "IMAGE STYLE... MASK...");
  }
  const std::size_t count = masks ? others / 2 : others;
  const std::vector<std::string> blend = split_list(call.options.text("blend"));
  if (!blend.empty() && blend.size() != count) {
    throw Error(ErrorKind::usage, "option 'blend' has a weight for each style: expected " + std::to_string(count) +
                                      ", found " + std::to_string(blend.size()));
  }
  std::vector<Style> styles;
  for (std::size_t i = 0; i < count; ++i) {
    Style style{.name = "style_" + std::to_string(i + 1),
                .picture = to_display(call.pictures[1 + i].image),
                .share = masks && blend.empty() ? 1 : share_of(blend, i, count),
                .mask = {}};
    if (masks) style.mask = lightness(to_display(call.pictures[1 + count + i].image));
    styles.push_back(std::move(style));
  }
  return styles;
}

/// Lightness of a style, spread and centred as the content's, in three equal planes.
Tensor matched_lightness(const Tensor& style, const Tensor& content) {
  const Tensor own = lightness(style);
  const Tensor wanted = lightness(content);
  constexpr double flat = 1e-6;
  const Tensor spread = wanted.std() / (own.std() + flat);
  return ((own - own.mean()) * spread + wanted.mean()).clamp(0, 1).expand({1, 3, -1, -1}).contiguous();
}

/// What a making goes by at all sizes.
struct Plan {
  const Model& model;
  std::vector<ValueId> style_layers;
  ValueId content_layer = no_value;
  Tensor content;
  std::vector<Style> styles;
};

/// The objective at one size.
Objective objective_at(const MakeCall& call, const Plan& plan, const Tensor& content, std::int64_t side,
                       Targets& targets) {
  const Options& chosen = call.options;
  const std::string& at = plan.model.graph.name(plan.content_layer);
  const Objective distance = term("distance", {at, "content"});
  set_targets(targets, plan.model, {distance}, "content", content);
  Objective loss = Objective(chosen.number("content")) * distance;
  const Answers shape = answers_of(plan.model, content, plan.style_layers);
  for (const Style& style : plan.styles) {
    const Answers answers = answers_of(plan.model, with_side(style.picture, side), plan.style_layers);
    const Objective gram = style.mask.defined()
                               ? imitate_gram(plan.model, answers, style.name, targets,
                                              resize_pictures(style.mask, content.size(2), content.size(3)), shape)
                               : imitate_gram(plan.model, answers, style.name, targets);
    loss = loss + Objective(chosen.number("style") * style.share) * gram;
  }
  return -loss;
}

Plan plan_of(const MakeCall& call, const Model& model) {
  constexpr std::size_t sizes = 5;
  const std::string& at = call.options.text("at");
  const std::string& content_at = call.options.text("content_at");
  Plan plan{.model = model,
            .style_layers = at.empty() ? layers_by_size(model, sizes) : layers_of(model, at, 1),
            .content_layer = no_value,
            .content = to_display(call.pictures.front().image),
            .styles = styles_of(call)};
  const std::size_t deep = plan.style_layers.size();
  plan.content_layer = content_at.empty() ? plan.style_layers[deep > 1 ? deep - 2 : 0] : model.graph.at(content_at);
  if (call.options.text("colour") == "content") {
    for (Style& style : plan.styles) style.picture = matched_lightness(style.picture, plan.content);
  }
  return plan;
}

/// Sides of the rungs, smallest first.
std::vector<std::int64_t> sides_of(std::int64_t side) {
  std::vector<std::int64_t> sides{side};
  while (sides.back() > small_side) sides.push_back((sides.back() + 1) / 2);
  std::reverse(sides.begin(), sides.end());
  return sides;
}

/// The made picture's lightness with the content's colours.
Tensor with_colours_of(const Tensor& painted, const Tensor& content) {
  return (content + (lightness(painted) - lightness(content))).clamp(0, 1);
}

Tensor start_of(const MakeCall& call, const Plan& plan, const Tensor& content, const Tensor& before) {
  if (before.defined()) return resize_pictures(before, content.size(2), content.size(3));
  const std::string& start = call.options.text("start");
  if (start == "content") return content;
  if (start == "style") return resize_pictures(plan.styles.front().picture, content.size(2), content.size(3));
  return {};
}

Made make_style(const MakeCall& call) {
  const Model model = call.options.text("pooling") == "average" ? with_average_pools(call.network()) : call.network();
  const Plan plan = plan_of(call, model);
  const bool keeps = call.options.text("colour") == "content";
  const std::vector<std::int64_t> sides = sides_of(call.options.integer("size"));
  MakeCall asked = call;
  asked.model = &model;
  const std::int64_t steps = call.options.integer("steps");
  std::int64_t total = 0;
  for (std::size_t r = 0; r < sides.size(); ++r) total += std::max<std::int64_t>(1, steps >> r);
  Made made;
  Tensor painted;
  Stage stage{.done = 0, .total = total, .index = 0, .text = {}};
  std::vector<std::vector<std::string>> table{{"size", "layer", "of", "gram error"}};
  for (const std::int64_t side : sides) {
    const Tensor content = with_side(plan.content, side);
    const Tensor seen = keeps ? lightness(content).expand({1, 3, -1, -1}).contiguous() : content;
    AscentOptions ascent = ascent_options(asked);
    ascent.steps = std::max<std::int64_t>(1, steps >> stage.index);
    ascent.height = static_cast<int>(content.size(2));
    ascent.width = static_cast<int>(content.size(3));
    ascent.start = start_of(call, plan, seen, painted);
    ascent.objectives = {objective_at(call, plan, seen, side, ascent.targets)};
    const double smooth = call.options.number("smooth") / static_cast<double>(content.size(2) * content.size(3));
    if (smooth > 0) ascent.priors += " total_variation(weight=" + short_number(smooth) + ")";
    stage.text = std::to_string(content.size(3)) + " x " + std::to_string(content.size(2)) + " px";
    const Ascended found = climb(asked, ascent, stage);
    stage.advance(ascent.steps);
    painted = without_alpha(found.last).clamp(0, 1);
    if (!found.stopped.empty()) made.notes.push_back(found.stopped);
    for (const Tensor& frame : found.frames) {
      made.frames.push_back(
          from_display(resize_pictures(without_alpha(frame), with_side(plan.content, sides.back()).size(2),
                                       with_side(plan.content, sides.back()).size(3))));
    }
    if (found.fitted)
      made.notes.push_back("at " + stage.text + " the network sees the picture resized to its own size");
    for (const Style& style : plan.styles) {
      if (style.mask.defined()) continue;  // it holds for a part, the whole says nothing
      const Answers wanted = answers_of(model, with_side(style.picture, side), plan.style_layers);
      const std::vector<double> errors = gram_errors(model, painted, wanted);
      for (std::size_t l = 0; l < errors.size(); ++l) {
        table.push_back({stage.text, model.graph.name(plan.style_layers[l]), style.name, short_number(errors[l])});
      }
    }
  }
  if (keeps) painted = with_colours_of(painted, with_side(plan.content, sides.back()));
  Made result = made_of(painted, {{"style", "style"}}, "style");
  result.frames = std::move(made.frames);
  result.table = std::move(table);
  result.notes.push_back("content at " + model.graph.name(plan.content_layer) + ", weight " +
                         call.options.text("content") + "; " + std::to_string(plan.styles.size()) +
                         " style(s), weight " + call.options.text("style") + "; " + describe(ascent_options(asked)));
  result.notes.insert(result.notes.end(), made.notes.begin(), made.notes.end());
  return result;
}

}  // namespace

extern constinit const MakeKind descriptor{
    .name = "style",
    .sentence = "Paints a photograph in the style of a painting, or of several.",
    .paper = "Gatys, Ecker and Bethge 2016, Image style transfer using convolutional neural networks",
    .details =
        "Every layer's Gram matrices and the content's features are compared as shares of their own size, so that "
        "the weights mean the same for any network. Networks of the VGG kind paint best. Several styles are "
        "blended, or hold where their masks are white (masks=true: IMAGE STYLE... MASK...); colour=content paints "
        "lightness only, with the style's lightness matched to the content's first, and keeps the photograph's "
        "colours. Large pictures are painted small first.",
    .pictures = "IMAGE STYLE... [MASK...]",
    .least_pictures = 2,
    .most_pictures = 17,
    .options = options,
    .presets = presets,
    .make = make_style};

}  // namespace fovea::make::style

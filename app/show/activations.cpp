// fovea show activations: what the channels of a value do on one picture, as maps and as bars.
// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <fmt/format.h>

#include <fovea/error.h>
#include <fovea/npy.h>
#include <fovea/show.h>
#include <fovea/technique.h>

#include "shared/device.h"
#include "shared/interrupt.h"
#include "shared/place.h"
#include "shared/text.h"
#include "shared/showing.h"
#include "shared/verb.h"

namespace fovea::show::activations {
namespace {

using namespace fovea::cli;

constexpr std::int64_t most_maps = 4096;

struct Choices {
  ShowRequest request;
  std::string order = "strength";
  std::int64_t most = 64;
  bool over = false;
  std::int64_t channel = -1;  ///< -1: all of them
  struct {
    bool most = false;
    bool order = false;
    bool scale = false;
  } given{};
};

/// A value on a picture.
struct Shown {
  Input input;
  ValueId value = no_value;
  std::string node;
  Tensor tensor;  ///< [1,...], on the CPU
  std::vector<std::string> names;
  ActivationReport report;
  std::optional<ReceptiveField> field;
  Region box{.empty = true, .extents = {}};  ///< of the strongest unit of the one channel
};

/// The class labels, where a channel is a class.
std::vector<std::string> names_of(const Model& model, const Tensor& tensor) {
  const bool is_class = tensor.dim() >= 2 && tensor.numel() == tensor.size(1) &&
                        tensor.size(1) == static_cast<std::int64_t>(model.card.labels.size());
  return is_class ? model.card.labels : std::vector<std::string>();
}

/// Throws unless the one channel is there and is a map.
void require_channel(const Shown& shown, std::int64_t channel) {
  if (!shown.report.has_positions()) {
    throw Error(ErrorKind::usage,
                fmt::format("'{}' has no positions, so it has no maps for --channel or --over", shown.node),
                "leave them out: its channels are drawn as bars");
  }
  const auto count = static_cast<std::int64_t>(shown.report.channels.size());
  if (channel < count) return;
  throw Error(ErrorKind::usage, fmt::format("'{}' has no channel {}: it has {}", shown.node, channel, count),
              fmt::format("--channel takes 0..{}", count - 1));
}

/// Throws where an option is given that says how maps are drawn, and none are.
void refuse_given(const Choices& choices, const std::string& why) {
  const std::pair<const char*, bool> options[] = {{"--most", choices.given.most},
                                                  {"--order", choices.given.order},
                                                  {"--scale", choices.given.scale},
                                                  {"--over", choices.over}};
  for (const auto& [option, given] : options) {
    if (given) throw Error(ErrorKind::usage, fmt::format("{} is for drawn maps, but {}", option, why), "leave it out");
  }
}

Shown look(const Choices& choices, const Model& model) {
  const ShowRequest& request = choices.request;
  const ValueId asked = request.at.empty() ? no_value : value_at(model, request.at);  // told before the work
  Shown shown{.input = read_one(request.images.front(), model)};
  const RunOptions options{.tape = Tape::none,
                           .until = asked == no_value ? std::vector<ValueId>() : std::vector<ValueId>{asked}};
  const Trace trace = fovea::run(model.graph, to_device(shown.input.tensor, request.common.device), options);
  shown.value = asked == no_value ? last_spatial_value(trace) : asked;
  shown.node = model.graph.node_name(shown.value);
  shown.tensor = trace.value(shown.value).to(at::kCPU);
  require_finite(model, shown.tensor);
  shown.names = names_of(model, shown.tensor);
  shown.report = inspect_activations(shown.tensor, shown.names);
  if (shown.report.has_positions()) shown.field = receptive_field(trace, shown.value);
  if (choices.channel >= 0 || choices.over) require_channel(shown, choices.channel);
  if (!shown.report.has_positions()) refuse_given(choices, fmt::format("'{}' has no positions", shown.node));
  if (choices.channel < 0 || !shown.field) return shown;
  const auto& [y, x] = shown.report.channels[static_cast<std::size_t>(choices.channel)].peak;
  shown.box = receptive_box(trace, shown.value, y, x);
  return shown;
}

// --- what comes out ---

Figure draw(const Choices& choices, const Model& model, const Shown& shown) {
  const ActivationPicture picture{
      .title = fmt::format("{} | {} {} | {}", model.path.stem().string(), shown.node, shape_text(shown.report.shape),
                           shown.input.path.filename().string()),
      .order = choices.order == "number" ? ChannelOrder::number : ChannelOrder::strength,
      .common_scale = choices.request.scale == "shared",
      .most = choices.most,
      .over = choices.over || choices.channel >= 0 ? &shown.input.seen : nullptr,
      .field = shown.field,
      .names = shown.names};
  if (choices.channel >= 0) return draw_activation(shown.tensor, shown.report, choices.channel, picture, shown.box);
  return draw_activations(shown.tensor, shown.report, picture);
}

Tensor raw(const Choices& choices, const Shown& shown) {
  return choices.channel < 0 ? shown.tensor[0] : shown.tensor[0][choices.channel];
}

Json to_json(const ActivationReport& report) {
  Json channels = Json::array();
  for (const ChannelFigures& channel : report.channels) {
    channels.push_back({{"maximum", channel.maximum},
                        {"minimum", channel.minimum},
                        {"total", channel.total},
                        {"peak", channel.peak},
                        {"zeros", channel.zeros},
                        {"dead", channel.dead}});
  }
  return {{"verdict", report.verdict}, {"minimum", report.minimum},   {"maximum", report.maximum},
          {"zeros", report.zeros},     {"negative", report.negative}, {"dead", report.dead},
          {"channels", channels}};
}

Json to_json(const Choices& choices, const Model& model, const Shown& shown) {
  const ShowRequest& request = choices.request;
  Json json = show_head(request, model);
  json["at"] = request.at;
  json["node"] = shown.node;
  json["shape"] = shown.report.shape;
  json["scale"] = request.scale;
  json["order"] = choices.order;
  json["most"] = choices.most;
  json["over"] = choices.over;
  json["channel"] = choices.channel < 0 ? Json() : Json(choices.channel);
  json["report"] = to_json(shown.report);
  return json;
}

void print(const Choices& choices, const Shown& shown) {
  fmt::print("{}: '{}' {}\n", shown.input.path.string(), shown.node, shape_text(shown.report.shape));
  for (const std::string& sentence : shown.report.verdict) fmt::print("  {}\n", sentence);
  const auto count = static_cast<std::int64_t>(shown.report.channels.size());
  const bool grid = draws(choices.request.out) && shown.report.has_positions() && choices.channel < 0;
  if (grid && count > choices.most) {
    fmt::print("  {} of {} maps are drawn, {} left out; --most draws more\n", choices.most, count,
               count - choices.most);
  }
  print_written(choices.request);
}

int show_activations(const Choices& choices) {
  const ShowRequest& request = choices.request;
  apply(request.common);
  require_place(request, "the raw activations [C,h,w]");
  if (!draws(request.out)) refuse_given(choices, request.out + " gets the raw numbers");
  const Model model = open_model(request.model, request.common);
  const Shown shown = look(choices, model);
  stop_if_interrupted();
  Figure drawn;
  if (draws(request.out)) {
    drawn = draw(choices, model, shown);
    write_figure(request.out, drawn);
  } else {
    write_npy(request.out, raw(choices, shown));
  }
  finish(request, to_json(choices, model, shown), drawn);
  if (!request.common.json) print(choices, shown);
  return 0;
}

Action add(Parser& parser) {
  const auto choices = std::make_shared<Choices>();
  ShowRequest& request = choices->request;
  request.kind = "activations";
  request.images.resize(1);
  add_model(parser, request.model);
  parser.add_option("IMAGE", request.images.front(), "A picture, or a .npy of float32 [C,H,W]").text(" ").required();
  add_at(parser, request, "Names the node or value; default: the last one with positions before the classifier");
  parser.add_option("--order", choices->order, "Orders the maps by their maximum, strength (default), or by number")
      .text("strength|number")
      .among({"strength", "number"});
  parser.add_option("--most", choices->most, "Sets how many maps are drawn at most; default 64")
      .text("N")
      .range(std::int64_t{1}, most_maps);
  add_scale(parser, request, "maps");
  parser.add_flag("--over", choices->over, "Lays each map over the picture, where its units look");
  parser.add_option("--channel", choices->channel, "Draws this channel's map alone, large and over the picture")
      .text("K")
      .range(std::int64_t{0}, std::int64_t{1'000'000});
  add_out(parser, request, "the raw numbers, [C,h,w]");
  parser.excludes("--channel", {"--most", "--order", "--over"},
                  "--channel draws one map, over the picture: leave the other out");
  parser.at("--most").tells(choices->given.most);
  parser.at("--order").tells(choices->given.order);
  parser.at("--scale").tells(choices->given.scale);
  add_common(parser, request.common, {.seed = true});
  return [choices] { return show_activations(*choices); };
}

}  // namespace

extern constinit const Verb descriptor{
    .name = "activations",
    .sentence = "Draws a layer's maps on a picture, and says which channels are strong or dead.",
    .examples =
        "Examples:\n"
        "  fovea show activations net.onnx cat.jpg --at conv4 --out maps.png\n"
        "  fovea show activations net.onnx cat.jpg --at conv4 --over --most 16 --out over.png\n"
        "  fovea show activations net.onnx cat.jpg --at conv4 --channel 17 --out one.png\n"
        "  fovea show activations net.onnx cat.jpg --at fc --out bars.png\n"
        "  fovea show activations net.onnx cat.jpg --at conv4 --out maps.npy\n"
        "Maps go from black, 0, to yellow, the channel's maximum; where numbers are negative, from blue over grey, 0,\n"
        "to red. Bars below tell every channel's sum over positions; a value without positions is drawn as bars only.",
    .add = add};

}  // namespace fovea::show::activations

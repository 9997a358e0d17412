// fovea show filters: the filters of a convolution, with what they say of the network; with pictures, beside the places
// that excite them most.
// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <optional>

#include <fmt/format.h>

#include <fovea/error.h>
#include <fovea/filters.h>
#include <fovea/npy.h>

#include "shared/device.h"
#include "shared/interrupt.h"
#include "shared/place.h"
#include "shared/progress.h"
#include "shared/showing.h"
#include "shared/verb.h"

namespace fovea::show::filters {
namespace {

using namespace fovea::cli;

struct Choices {
  ShowRequest request;
  bool renormalise = false;
  bool slices = false;
  bool scale_given = false;
};

/// What is shown: the filters as they are, or renormalised with how they were before; what they do on pictures.
struct Shown {
  FilterReport report;
  std::optional<FilterReport> before;
  std::optional<FilterWatch> watch;
};

// --- what comes out ---

std::string stride_text(const FilterLayer& layer) {
  const auto& [rows, columns] = layer.stride;
  return rows == columns ? std::to_string(rows) : fmt::format("{}x{}", rows, columns);
}

/// Words the layer: "conv1, 64 filters of 3x7x7, stride 2".
std::string layer_text(const FilterReport& report) {
  const auto shape = report.weights.sizes();
  return fmt::format("{}, {} filters of {}x{}x{}, stride {}", report.layer.node, shape[0], shape[1], shape[2], shape[3],
                     stride_text(report.layer));
}

Json to_json(const FilterFigures& figures) {
  return {{"norm", figures.norm},           {"rms", figures.rms},
          {"dead", figures.dead},           {"luminance", figures.luminance},
          {"frequency", figures.frequency}, {"orientation", figures.orientation},
          {"aliased", figures.aliased},     {"fine", figures.fine},
          {"noise", figures.noise}};
}

Json to_json(const FilterReport& report) {
  Json filters = Json::array();
  for (const FilterFigures& figures : report.filters) filters.push_back(to_json(figures));
  return {{"verdict", report.verdict},
          {"noisy", report.noisy ? Json(*report.noisy) : Json()},
          {"median_norm", report.median_norm},
          {"median_noise", report.median_noise},
          {"median_fine", report.median_fine},
          {"mean_aliased", report.mean_aliased},
          {"dead", report.dead},
          {"aliased", report.aliased},
          {"bands", {{"low", report.bands.low}, {"mid", report.bands.mid}, {"high", report.bands.high}}},
          {"coverage", report.bands.coverage()},
          {"mid_missing", report.mid_missing},
          {"filters", filters}};
}

Json to_json(const FilterWatch& watch) {
  Json filters = Json::array();
  for (const FilterActivity& filter : watch.filters()) {
    Json patches = Json::array();
    for (const ExcitingPatch& patch : filter.patches) {
      patches.push_back({{"picture", patch.picture}, {"activation", patch.activation}});
    }
    filters.push_back({{"maximum", filter.maximum},
                       {"active", static_cast<double>(filter.active) / static_cast<double>(filter.places)},
                       {"strongest", patches}});
  }
  return {{"read_at", watch.read_at()},
          {"pictures", watch.pictures()},
          {"receptive_field", watch.field()},
          {"filters", filters}};
}

Json to_json(const Choices& choices, const Model& model, const Shown& shown) {
  const ShowRequest& request = choices.request;
  Json json = show_head(request, model);
  json["at"] = request.at;
  json["node"] = shown.report.layer.node;
  json["shape"] = shown.report.weights.sizes().vec();
  json["stride"] = shown.report.layer.stride;
  json["scale"] = request.scale;
  json["slices"] = choices.slices;
  json["renormalise"] = choices.renormalise;
  if (shown.before) json["before"] = to_json(*shown.before);
  json["report"] = to_json(shown.report);
  if (shown.watch) json["activity"] = to_json(*shown.watch);
  return json;
}

void print(const ShowRequest& request, const Model& model, const Shown& shown) {
  fmt::print("{}: {}\n", model.path.string(), layer_text(shown.report));
  for (const std::string& sentence : shown.report.verdict) fmt::print("  {}\n", sentence);
  if (shown.before) {
    std::int64_t changed = 0;
    for (std::size_t k = 0; k < shown.report.filters.size(); ++k) {
      changed += shown.before->filters[k].rms != shown.report.filters[k].rms ? 1 : 0;
    }
    fmt::print("  renormalised: {} of {} filters had an RMS over 0.1\n", changed, shown.report.filters.size());
  }
  if (shown.watch) {
    fmt::print("  activity over {} picture{}, read at '{}'\n", shown.watch->pictures(),
               shown.watch->pictures() == 1 ? "" : "s", shown.watch->read_at());
  }
  print_written(request);
}

Figure draw(const Choices& choices, const Model& model, const Shown& shown) {
  const FilterPicture picture{.title = fmt::format("{} | {}", model.path.stem().string(), layer_text(shown.report)),
                              .channels = channels_of(model),
                              .common_scale = choices.request.scale == "shared"};
  if (choices.slices) return draw_filter_slices(shown.report, picture);
  if (shown.watch) return draw_watched_filters(shown.report, *shown.watch, picture);
  return draw_filters(shown.report, picture, shown.before ? &*shown.before : nullptr);
}

// --- doing it ---

void require_sense(const Choices& choices) {
  const bool watched = !choices.request.images.empty();
  if (static_cast<int>(watched) + static_cast<int>(choices.slices) + static_cast<int>(choices.renormalise) <= 1) return;
  throw Error(ErrorKind::usage, "--images, --slices and --renormalise each draw another picture of the filters",
              "ask for one of them at a time");
}

/// Slices tell something of filters of many channels only.
void require_slices(const FilterReport& report) {
  const std::int64_t channels = report.weights.size(1);
  if (channels != 1 && channels != 3) return;
  throw Error(ErrorKind::usage,
              fmt::format("the filters of '{}' have {} input channel{}, which {} seen in one picture: --slices is for "
                          "deeper layers",
                          report.layer.node, channels, channels == 1 ? "" : "s", channels == 1 ? "is" : "are"),
              "name a deeper convolution by --at, or leave --slices out");
}

FilterWatch watch_filters(const ShowRequest& request, const Model& model) {
  FilterWatch watch(model.graph, request.at);
  const auto total = static_cast<std::int64_t>(request.images.size());
  const Progress progress = progress_on_stderr("show");
  for (const std::string& image : request.images) {
    stop_if_interrupted();
    const Input input = read_one(image, model);
    watch.look(to_device(input.tensor, request.common.device), input.seen);
    progress(watch.pictures(), total);
  }
  return watch;
}

int show_filters(const Choices& choices) {
  const ShowRequest& request = choices.request;
  apply(request.common);
  require_sense(choices);
  require_place(request, "the raw weights");
  if (!draws(request.out) && (choices.slices || choices.scale_given)) {
    throw Error(ErrorKind::usage,
                fmt::format("{} is for pictures, but {} gets the raw weights", choices.slices ? "--slices" : "--scale",
                            request.out),
                "leave it out");
  }
  const Model model = open_model(request.model, request.common);
  Shown shown{.report = inspect_filters(model.graph, request.at), .before = {}, .watch = {}};
  if (choices.slices) require_slices(shown.report);
  if (!request.images.empty()) {
    shown.watch = watch_filters(request, model);
    shown.report = inspect_filters(model.graph, request.at, shown.watch->activation_maxima());
  }
  if (choices.renormalise) {
    shown.before = shown.report;
    shown.report = inspect_filters(fovea::renormalise(shown.before->weights), shown.before->layer);
  }
  stop_if_interrupted();
  Figure drawn;
  if (draws(request.out)) {
    drawn = draw(choices, model, shown);
    write_figure(request.out, drawn);
  } else {
    write_npy(request.out, shown.report.weights);
  }
  finish(request, to_json(choices, model, shown), drawn);
  if (!request.common.json) print(request, model, shown);
  return 0;
}

Action add(Parser& parser) {
  const auto choices = std::make_shared<Choices>();
  ShowRequest& request = choices->request;
  request.kind = "filters";
  add_model(parser, request.model);
  add_at(parser, request, "Names the convolution; default: the first one on the picture's path");
  parser
      .add_option("--images", request.images,
                  "Draws each filter beside the places of these pictures that excite it most; a filter that none "
                  "excites is dead")
      .text("IMAGE ...");
  add_scale(parser, request, "filters");
  parser.add_flag("--slices", choices->slices,
                  "Draws every input channel of a deeper layer's filters by itself, in grey");
  parser.add_flag("--renormalise", choices->renormalise,
                  "Shows the filters before and after ZFNet's recipe: an RMS over 0.1 is scaled back to 0.1");
  parser.at("--scale")
      .excludes("--renormalise", "before and after are drawn on one scale: leave --scale out")
      .tells(choices->scale_given);
  add_out(parser, request, "the raw weights");
  add_common(parser, request.common, {.seed = true});
  parser.needs("--images", {"--device"}, "weights are looked at on the CPU: leave it out");
  return [choices] { return show_filters(*choices); };
}

}  // namespace

extern constinit const Verb descriptor{
    .name = "filters",
    .sentence = "Draws a convolution's filters, and says which are dead, aliased or noisy.",
    .examples =
        "Examples:\n"
        "  fovea show filters net.onnx --out filters.png\n"
        "  fovea show filters net.onnx --images photos/*.jpg --out excited.png\n"
        "  fovea show filters net.onnx --at conv2 --slices --out slices.png\n"
        "  fovea show filters net.onnx --at conv2 --out weights.npy\n"
        "  fovea show filters net.onnx --renormalise --out before_and_after.png --json\n"
        "Each filter is drawn about mid-grey; below it stand where the filters' spectra peak, against the Nyquist\n"
        "limit of the layer's stride, and a verdict with its numbers and thresholds.",
    .add = add};

}  // namespace fovea::show::filters

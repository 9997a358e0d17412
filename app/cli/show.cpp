// fovea show: pictures of what a network is made of: the filters of a convolution, with what they say of the network.
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cmath>
#include <cstdio>
#include <memory>
#include <set>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <fovea/error.h>
#include <fovea/filters.h>
#include <fovea/npy.h>
#include <fovea/version.h>

#include "core/atomic_file.h"
#include "shared/arguments.h"
#include "shared/interrupt.h"
#include "shared/json.h"
#include "shared/place.h"
#include "shared/sidecar.h"
#include "shared/text.h"
#include "shared/verb.h"

namespace fovea::cli {
namespace {

namespace fs = std::filesystem;

struct Choices {
  std::string kind;
  ModelChoice model;
  Common common;
  std::string at;
  std::string out;
  bool renormalise = false;
};

/// What is shown: the filters as they are, or renormalised with how they were before.
struct Shown {
  FilterReport report;
  std::optional<FilterReport> before;
};

// --- where it goes ---

bool draws(const fs::path& path) {
  const std::set<std::string> drawn{".png", ".jpg", ".jpeg", ".webp"};
  return drawn.contains(path.extension().string());
}

/// Tells whether a JSON was written by this verb, so that it may be written anew.
bool is_own_sidecar(const fs::path& path) {
  constexpr std::uintmax_t most_bytes = 16 << 20;
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored)) return false;
  const std::vector<std::byte> bytes = read_whole(path, most_bytes);
  const auto* begin = reinterpret_cast<const char*>(bytes.data());
  const Json json = Json::parse(begin, begin + bytes.size(), nullptr, /*allow_exceptions=*/false);
  return json.is_object() && json.contains("fovea") && json.value("verb", Json()) == "show";
}

/// Throws unless the result and its sidecar may be written: nothing that is not ours is overwritten.
void require_place(const fs::path& out) {
  if (!draws(out) && out.extension() != ".npy") {
    throw Error(ErrorKind::usage, fmt::format("--out '{}': what to write is not known from its ending", out.string()),
                ".png, .jpg and .webp draw, .npy writes the raw weights");
  }
  require_writable(out);
  const fs::path beside = sidecar_of(out);
  require_writable(beside);
  std::error_code ignored;
  const bool taken = fs::exists(beside, ignored) && !is_own_sidecar(beside);
  if (!taken && !fs::exists(fs::path(out).replace_extension(".onnx"), ignored)) return;
  throw Error(ErrorKind::file,
              fmt::format("{} would get its sidecar {}, which is {}", out.string(), beside.string(),
                          taken ? "another file, such as a model's card" : "the name of a model's card"),
              "choose another place by --out");
}

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

/// The order of the network's input channels, which the colours of its first filters follow.
std::string channels_of(const Model& model) { return model.card.preprocess ? model.card.preprocess->channels : "RGB"; }

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

Json to_json(const Choices& choices, const Model& model, const Shown& shown) {
  const auto absolute = [](const fs::path& path) { return fs::absolute(path).lexically_normal().string(); };
  Json json{{"fovea", version()},
            {"verb", "show"},
            {"kind", choices.kind},
            {"output", absolute(choices.out)},
            {"model",
             {{"path", absolute(model.path)},
              {"sha256", model.hash},
              {"channels", channels_of(model)},
              {"preprocess_option", choices.model.options.preprocess}}},
            {"at", choices.at},
            {"node", shown.report.layer.node},
            {"shape", shown.report.weights.sizes().vec()},
            {"stride", shown.report.layer.stride},
            {"renormalise", choices.renormalise}};
  if (shown.before) json["before"] = to_json(*shown.before);
  json["report"] = to_json(shown.report);
  return json;
}

void print(const Choices& choices, const Model& model, const Shown& shown) {
  fmt::print("{}: {}\n", model.path.string(), layer_text(shown.report));
  for (const std::string& sentence : shown.report.verdict) fmt::print("  {}\n", sentence);
  if (shown.before) {
    std::int64_t changed = 0;
    for (std::size_t k = 0; k < shown.report.filters.size(); ++k) {
      changed += shown.before->filters[k].rms != shown.report.filters[k].rms ? 1 : 0;
    }
    fmt::print("  renormalised: {} of {} filters had an RMS over 0.1\n", changed, shown.report.filters.size());
  }
  fmt::print("  written {}, {}\n", choices.out, sidecar_of(choices.out).string());
}

void write(const Choices& choices, const Model& model, const Shown& shown) {
  if (draws(choices.out)) {
    const FilterPicture picture{.title = fmt::format("{} | {}", model.path.stem().string(), layer_text(shown.report)),
                                .channels = channels_of(model)};
    write_image(choices.out, draw_filters(shown.report, picture, shown.before ? &*shown.before : nullptr));
  } else {
    write_npy(choices.out, shown.report.weights);
  }
  write_text(sidecar_of(choices.out), text_of(to_json(choices, model, shown)) + "\n");
}

// --- doing it ---

int show_filters(const Choices& choices) {
  const Model model = open_model(choices.model, {});  // weights are looked at on the CPU
  Shown shown{.report = inspect_filters(model.graph, choices.at)};
  if (choices.renormalise) {
    shown.before = shown.report;
    shown.report = inspect_filters(fovea::renormalise(shown.before->weights), shown.before->layer);
  }
  stop_if_interrupted();
  write(choices, model, shown);
  if (choices.common.json)
    fmt::print("{}\n", text_of(to_json(choices, model, shown)));
  else
    print(choices, model, shown);
  return 0;
}

int show_kind(const Choices& choices) {
  const std::array<std::string, 1> kinds{"filters"};
  if (choices.kind != kinds[0]) {
    const std::string near = did_you_mean(choices.kind, kinds);
    throw Error(ErrorKind::usage, "there is nothing to show called '" + choices.kind + "'",
                near.empty() ? "fovea show filters MODEL --out FILE.png" : near);
  }
  apply(choices.common);
  require_place(choices.out);
  return show_filters(choices);
}

Action add(CLI::App& parser) {
  const auto choices = std::make_shared<Choices>();
  parser.add_option("KIND", choices->kind, "What to show: filters")->option_text(" ")->required();
  add_model(parser, choices->model);
  parser.add_option("--at", choices->at, "Names the convolution; default: the first one on the picture's path")
      ->option_text("NODE");
  parser.add_flag("--renormalise", choices->renormalise,
                  "Shows the filters before and after ZFNet's recipe: an RMS over 0.1 is scaled back to 0.1");
  parser.add_option("--out", choices->out, "Draws (.png, .jpg, .webp) or writes the raw weights (.npy)")
      ->option_text("PATH")
      ->required();
  add_common(parser, choices->common);
  return [choices] { return show_kind(*choices); };
}

}  // namespace

extern constinit const Verb show{
    .name = "show",
    .sentence = "Draws a layer's filters, and says which are dead, aliased or noisy.",
    .examples =
        "Examples:\n"
        "  fovea show filters net.onnx --out filters.png\n"
        "  fovea show filters net.onnx --at conv2 --out weights.npy\n"
        "  fovea show filters net.onnx --renormalise --out before_and_after.png --json\n"
        "Each filter is drawn about mid-grey; below it stand where the filters' spectra peak, against the Nyquist\n"
        "limit of the layer's stride, and a verdict with its numbers and thresholds.",
    .add = add};

}  // namespace fovea::cli

// fovea explain: asks techniques what a network looked at, and draws or writes their maps, each with a sidecar.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>

#include <fmt/format.h>

#include <fovea/clip.h>
#include <fovea/error.h>
#include <fovea/npy.h>
#include <fovea/version.h>

#include "shared/arguments.h"
#include "shared/explanation.h"
#include "shared/explanation_place.h"
#include "shared/failures.h"
#include "shared/interrupt.h"
#include "shared/json.h"
#include "shared/place.h"
#include "shared/sidecar.h"
#include "shared/text.h"
#include "shared/verb.h"

namespace fovea::cli::explain {
namespace {

namespace fs = std::filesystem;

struct Choices {
  ModelChoice model;
  Common common;
  std::vector<std::string> pictures;
  std::string techniques;
  std::string class_name;
  std::string objective;
  std::string at;
  std::vector<std::string> settings;
  std::string preset;
  std::string out;
  std::string from;
  std::string precision = "float32";
  std::int64_t memory = 0;  ///< MiB; 0: as the technique chooses
  bool raw = false;
  std::int64_t every = 1;
  struct {
    bool every = false;
    bool device = false;
  } given{};
};

// --- what is asked ---

Settings settings_of(const std::vector<std::string>& pairs) {
  Settings settings;
  for (const std::string& pair : pairs) {
    auto [name, value] = split_pair("--set", pair);
    settings[std::move(name)] = std::move(value);
  }
  return settings;
}

/// What is asked where nobody says: the evidence for the class, on any network that has a convolution.
constexpr std::string_view default_technique = "grad_cam";

Request request_of(const Choices& choices) {
  if (!choices.class_name.empty() && !choices.objective.empty()) {
    throw Error(ErrorKind::usage, "--class and --objective both say what is asked",
                "--class C is --objective \"logit(C)\"");
  }
  const std::string techniques = choices.techniques.empty() ? std::string(default_technique) : choices.techniques;
  Request request{.model = choices.model, .common = choices.common, .techniques = techniques, .at = choices.at};
  Settings settings = settings_of(choices.settings);
  if (choices.memory > 0 && settings.contains("memory")) {
    throw Error(ErrorKind::usage, "--memory and --set memory=... both say how much is granted",
                "leave one of them out");
  }
  if (choices.memory > 0) settings["memory"] = std::to_string(choices.memory);
  request.choices = choose_techniques(techniques, choices.preset, settings);
  request.precision = choices.precision;
  request.sheet = request.choices.size() > 1;
  request.skip_failing = choices.techniques == "all";
  request.objective = choices.objective.empty()
                          ? class_objective(choices.class_name.empty() ? "top" : choices.class_name)
                          : parse_objective(choices.objective);
  return request;
}

/// Reads a sidecar; MODEL, IMAGE, --out, --threads and --device of the command line take the place of what it says.
Rerun rerun_of(const Choices& choices) {
  Rerun rerun = read_sidecar(choices.from);
  if (rerun.version != version()) {
    fmt::print(stderr, "note: {} was written by fovea {}, this is {}; the bytes may differ\n", choices.from,
               rerun.version, version());
  }
  if (!choices.model.path.empty()) rerun.request.model.path = choices.model.path;
  if (choices.pictures.size() > 1) throw Error(ErrorKind::usage, "--from does one picture again, found several");
  if (!choices.pictures.empty()) rerun.picture = choices.pictures.front();
  if (!choices.out.empty()) rerun.out = choices.out;
  if (choices.given.device) rerun.request.common.device = choices.common.device;
  if (choices.common.threads > 0) rerun.request.common.threads = choices.common.threads;
  rerun.request.common.json = choices.common.json;
  return rerun;
}

// --- what comes out ---

std::vector<std::string> write_answer(const Request& request, const Model& model, const Explanation& explanation,
                                      const Answer& answer, const Destination& to, double load_seconds) {
  const fs::path file = file_of(to, explanation.input.path, answer.choice->technique->name);
  std::vector<std::string> files;
  Figure drawn;
  if (to.drawn) {
    drawn = draw_answer(answer, explanation.input);
    write_figure(file, drawn);
    files.push_back(file.string());
  }
  if (to.raw) {
    const fs::path raw = to.drawn ? fs::path(file).replace_extension(".npy") : fs::path(file);
    write_npy(raw, answer.map.values);
    files.push_back(raw.string());
  }
  const fs::path beside = sidecar_of(file);
  write_text(beside, text_of(sidecar(request, model, explanation, &answer, file, drawn, load_seconds)) + "\n");
  files.push_back(beside.string());
  return files;
}

std::vector<std::string> write_all(const Request& request, const Model& model, const Explanation& explanation,
                                   const Destination& to, double load_seconds) {
  std::vector<std::string> files;
  if (request.sheet && !to.folder) {
    const Figure drawn = draw_sheet(explanation, model);
    write_figure(to.path, drawn);
    const fs::path beside = sidecar_of(to.path);
    write_text(beside, text_of(sidecar(request, model, explanation, nullptr, to.path, drawn, load_seconds)) + "\n");
    return {to.path.string(), beside.string()};
  }
  if (to.folder) make_folder(to.path);
  for (const Answer& answer : explanation.answers) {
    const auto written = write_answer(request, model, explanation, answer, to, load_seconds);
    files.insert(files.end(), written.begin(), written.end());
  }
  return files;
}

void print(const Explanation& explanation, const std::vector<std::string>& files) {
  const auto line = [](std::string_view head, const std::string& text) { fmt::print("  {:<23} {}\n", head, text); };
  fmt::print("{}\n", explanation.input.path.string());
  line("asked", fmt::format("{} = {}{}", explanation.objective, number_text(explanation.value),
                            explanation.asked ? ": " + opinion_text(*explanation.asked) : ""));
  line("top class", opinion_text(explanation.top));
  for (const Answer& answer : explanation.answers) {
    const std::string read_at = "read at '" + answer.map.at + "'";
    line(answer.choice->technique->name, read_at + " " + shape_text(answer.map.values.sizes()));
    for (const std::string& note : answer.map.notes) {
      if (note != read_at) line("", note);
    }
    for (const auto& [name, number] : answer.map.figures) line("", name + " " + number_text(number));
  }
  for (const Skipped& skipped : explanation.skipped) line(skipped.technique, "left out: " + skipped.reason);
  line("written", joined(files, ", "));
  std::fflush(stdout);
}

Json to_json(const Explanation& explanation, const std::vector<std::string>& files) {
  Json json{{"file", explanation.input.path.string()},
            {"objective", explanation.objective},
            {"value", explanation.value},
            {"top", to_json(explanation.top)}};
  if (explanation.asked) json["class"] = to_json(*explanation.asked);
  json["maps"] = Json::array();
  for (const Answer& answer : explanation.answers) json["maps"].push_back(to_json(answer));
  json["skipped"] = Json::array();
  for (const Skipped& one : explanation.skipped) {
    json["skipped"].push_back({{"technique", one.technique}, {"reason", one.reason}});
  }
  json["files"] = files;
  return json;
}

// --- doing it ---

/// Explains every picture; a picture that cannot be is told at the end, and the others are still answered.
int explain_all(const Request& request, const Model& model, const std::vector<std::string>& pictures,
                const Destination& to, double load_seconds) {
  Failures failures;
  Json told = Json::array();
  for (const std::string& picture : pictures) {
    stop_if_interrupted();
    try {
      const Explanation explanation = explain_picture(request, model, picture);
      const std::vector<std::string> files = write_all(request, model, explanation, to, load_seconds);
      if (request.common.json)
        told.push_back(to_json(explanation, files));
      else
        print(explanation, files);
    } catch (const Error&) {
      told.push_back(failures.keep(picture, std::current_exception()));
    }
  }
  if (request.common.json) fmt::print("{}\n", text_of(told));
  return failures.report_all();
}

// --- clips ---

/// Tells whether a clip is asked about; throws when it is not the only one, or would become something else.
bool asks_for_clip(const Request& request, const std::vector<std::string>& pictures, const std::string& out) {
  if (std::none_of(pictures.begin(), pictures.end(), [](const std::string& p) { return is_clip(p); })) return false;
  if (pictures.size() > 1) throw Error(ErrorKind::usage, "clips are explained one at a time", "name one IMAGE only");
  if (!writes_clip(out)) {
    throw Error(ErrorKind::usage, fmt::format("--out '{}': a clip becomes a clip", out),
                "name one: --out why.mp4, why.gif or why.webp");
  }
  if (request.sheet) {
    throw Error(ErrorKind::usage, fmt::format("a clip is explained by one technique, found {}", request.choices.size()),
                "name one by --technique");
  }
  return true;
}

int explain_one_clip(const ClipRequest& clip, const Model& model, double load_seconds) {
  const ExplainedClip explained = explain_clip(clip, model);
  const fs::path beside = sidecar_of(clip.out);
  const Json told = clip_sidecar(clip, model, explained, load_seconds);
  write_text(beside, text_of(told) + "\n");
  if (clip.request.common.json) {
    fmt::print("{}\n", text_of(Json::array({told})));
    return 0;
  }
  const bool level = explained.drawing == Drawing::level;
  fmt::print("{}\n  {} frames, {} of them explained by {} at '{}'; full colour is {}{} throughout\n",
             clip.clip.string(), explained.frames, explained.explained, clip.request.choices.front().technique->name,
             explained.at, number_text(explained.strength), level ? " above a frame's lowest value" : "");
  fmt::print("  written {}, {}\n", clip.out.string(), beside.string());
  return 0;
}

int explain_pictures(const Choices& choices) {
  const bool again = !choices.from.empty();
  Rerun rerun;
  if (again) rerun = rerun_of(choices);
  const Request request = again ? rerun.request : request_of(choices);
  const std::vector<std::string> pictures = again ? std::vector{rerun.picture.string()} : choices.pictures;
  std::string out = again ? rerun.out.string() : choices.out;
  if (out.empty()) out = place_beside_caller(request, pictures);
  apply(request.common);
  const bool clip = asks_for_clip(request, pictures, out);
  if (clip && choices.raw) {
    throw Error(ErrorKind::usage, "--raw is for pictures: no raw maps of a clip are written",
                "leave it out, or explain the clip's frames as pictures");
  }
  if (!clip && choices.given.every) {
    throw Error(ErrorKind::usage, "--every is for clips, found " + joined(pictures, ", "), "leave it out");
  }
  const Destination to = clip ? Destination{.path = out} : destination_of(out, choices.raw, request, pictures.size());
  require_free(to, request, pictures);
  const auto start = std::chrono::steady_clock::now();
  const Model model = open_model(request);
  const double load_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (again) require_unchanged(rerun, model);
  if (!request.at.empty()) model.graph.at(request.at);  // an unknown name is told before the work
  if (!clip) {
    const int status = explain_all(request, model, pictures, to, load_seconds);
    if (!again && choices.techniques.empty() && !request.common.json) {
      fmt::print("Other techniques: `fovea list`; every one on one sheet: --technique all\n");
    }
    return status;
  }
  const ClipRequest asked{
      .request = request, .clip = pictures.front(), .out = out, .every = again ? rerun.every : choices.every};
  return explain_one_clip(asked, model, load_seconds);
}

void add_questions(Parser& parser, Choices& choices) {
  parser
      .add_option("--technique", choices.techniques,
                  "Names techniques; several, or all, are drawn on one sheet; default grad_cam")
      .text("NAME[,NAME...]|all")
      .names("technique");
  parser.add_option("--class", choices.class_name, "Asks about a class: an index, a label or top (default)").text("C");
  parser
      .add_option("--objective", choices.objective,
                  "Asks about anything: \"logit(3) - logit(5)\", \"channel(conv5,17)\"")
      .text("EXPR");
  parser.add_option("--at", choices.at, "Names the value to read the map at; default: the technique's own")
      .text("VALUE");
  add_pairs(parser, "--set", choices.settings, "NAME=VALUE",
            "Sets options of the technique; `fovea list NAME` tells them");
  parser.add_option("--preset", choices.preset, "Takes another tool's or paper's settings").text("NAME");
}

Action add(Parser& parser) {
  const auto choices = std::make_shared<Choices>();
  constexpr std::string_view usage = "fovea explain MODEL IMAGE [--technique NAME] [--out PATH]";
  add_model(parser, choices->model, false).required_unless("--from", std::string(usage));
  parser
      .add_option(
          "IMAGE", choices->pictures,
          "Pictures, .npy files of float32 [C,H,W] taken as they are, or one clip (.mp4, animated .gif or .webp)")
      .text("...")
      .required_unless("--from", std::string(usage));
  add_questions(parser, *choices);
  parser
      .add_option(
          "--out", choices->out,
          "Draws (.png, .jpg, .webp, .svg, .pdf; .mp4, .gif, .webp of a clip), writes the raw map (.npy), or fills a "
          "folder (DIR/); default: "
          "IMAGE_TECHNIQUE.png where you are")
      .text("PATH");
  parser.add_flag("--raw", choices->raw, "Writes the raw maps (.npy) beside the pictures");
  parser.add_option("--every", choices->every, "Explains every N-th frame of a clip; those between keep its map")
      .text("N")
      .range(std::int64_t{1}, std::int64_t{1'000'000});
  parser.add_option("--from", choices->from, "Does again what a sidecar says: the same bytes").text("FILE.json");
  parser
      .add_option("--memory", choices->memory,
                  "Grants a technique that works in batches of its own size so many MiB: --set memory=MIB")
      .text("MIB")
      .range(std::int64_t{1}, std::int64_t{1'000'000});
  parser
      .add_option("--precision", choices->precision,
                  "Computes in float32 (default) or float64: slower, for comparing with other programs")
      .text("float32|float64")
      .among({"float32", "float64"});
  add_common(parser, choices->common);
  parser.at("--every").tells(choices->given.every);
  parser.at("--device").tells(choices->given.device);
  parser.excludes("--from",
                  {"--technique", "--class", "--objective", "--at", "--set", "--preset", "--every", "--memory",
                   "--precision", "--preprocess", "--logits", "--seed"},
                  "--from does again all that a sidecar says; leave it out to ask something else");
  return [choices] { return explain_pictures(*choices); };
}

}  // namespace

extern constinit const Verb descriptor{
    .name = "explain",
    .sentence = "Shows what in a picture the network looked at, by one technique or all.",
    .examples =
        "Examples:\n"
        "  fovea explain net.onnx cat.jpg\n"
        "      Grad-CAM of the likeliest class, drawn to cat_grad_cam.png\n"
        "  fovea explain net.onnx cat.jpg --technique occlusion --class lynx --out why.png\n"
        "  fovea explain net.onnx cat.jpg --technique all --class tabby --out sheet.png\n"
        "  fovea explain net.onnx cat.jpg --technique integrated_gradients --set steps=200 --out ig.npy\n"
        "  fovea explain net.onnx cat.jpg --technique gradient --objective \"logit(281) - logit(282)\" --out d.png\n"
        "  fovea explain net.onnx photos/*.jpg --technique saliency,grad_cam --out maps/ --raw\n"
        "  fovea explain net.onnx clip.mp4 --technique grad_cam --out why.mp4\n"
        "  fovea explain net.onnx clip.gif --technique grad_cam --out why.gif\n"
        "  fovea explain --from why.json --out again.png\n"
        "Beside every result lies a sidecar FILE.json with all that made it.",
    .add = add};

}  // namespace fovea::cli::explain

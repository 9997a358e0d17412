// fovea make: pictures that excite, invert, dream, imitate and fool.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include <fovea/error.h>
#include <fovea/threads.h>
#include <fovea/version.h>

#include "core/sha256.h"
#include "shared/fonts.h"
#include "shared/interrupt.h"
#include "shared/making.h"
#include "shared/making_groups.h"
#include "shared/making_pictures.h"
#include "shared/place.h"
#include "shared/progress.h"
#include "shared/text.h"
#include "shared/verb.h"

namespace fovea::cli::make {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

/// Options of kinds that have a flag of their own, because nearly every kind has them.
constexpr std::pair<const char*, const char*> flags[] = {
    {"class", "Names classes, by index or label"},
    {"objective", "Says what is made large: \"channel(conv5,3) - logit(7)\""},
    {"at", "Names the value: VALUE, VALUE:3,7-9, VALUE:3@4,5"},
    {"steps", "Sets how many steps are made"},
    {"size", "Sets the picture's side, px"},
    {"canvas", "Says what is varied: fourier, pixels, pyramid, cppn, alpha"},
    {"transforms", "Says through what the network sees it: \"jitter(8) scale rotate\""},
    {"priors", "Says what is held for likely: \"total_variation(0.1) blur(0.5)\""},
    {"optimiser", "Says how the gradient is followed: \"adam(0.05)\""},
    {"recipe", "Says how relevance flows back: guided ..."},
    {"method", "Chooses a kind's way"}};

struct Choices {
  Common common;
  std::vector<std::string> words;  ///< KIND, MODEL, IMAGE...
  LoadOptions load;
  std::map<std::string, std::optional<std::string>> flagged;  ///< an empty text is one, too
  std::vector<std::string> settings;
  std::string preset;
  std::vector<std::string> checks;
  std::string out;
  std::string film;
  std::string preview;
  std::string jobs;
  std::string from;
  bool raw = false;
};

// --- what is asked ---

MakingRequest request_of(const Choices& choices) {
  if (choices.words.empty()) {
    throw Error(ErrorKind::usage, "KIND is required",
                "fovea make KIND MODEL [IMAGE...] --out PATH; `fovea list` shows the kinds");
  }
  MakingRequest request{.kind = &find_make_kind(choices.words.front())};
  std::size_t next = 1;
  if (request.kind->needs_model) {
    if (choices.words.size() < 2) {
      throw Error(ErrorKind::usage, "MODEL is required",
                  fmt::format("fovea make {} MODEL {} --out PATH", request.kind->name, request.kind->pictures));
    }
    request.model.path = choices.words[next++];
  }
  request.model.options = choices.load;
  request.pictures.assign(choices.words.begin() + static_cast<std::ptrdiff_t>(next), choices.words.end());
  request.preset = choices.preset;
  for (const std::string& pair : choices.settings) {
    auto [name, value] = split_pair("--set", pair);
    request.settings[std::move(name)] = std::move(value);
  }
  for (const auto& [name, value] : choices.flagged) {
    if (!value) continue;
    if (request.settings.contains(name)) {
      throw Error(ErrorKind::usage, fmt::format("--{0} and --set {0}=... both say it", name), "leave one of them out");
    }
    request.settings[name] = *value;
  }
  request.checks = choices.checks;
  request.seed = choices.common.seed;
  request.out = choices.out;
  request.film = choices.film;
  request.preview = choices.preview;
  request.raw = choices.raw;
  return request;
}

std::vector<MakingRequest> requests_of(const Choices& choices) {
  if (choices.jobs.empty() && choices.from.empty()) return {request_of(choices)};
  std::vector<MakingRequest> requests = read_jobs(choices.jobs.empty() ? choices.from : choices.jobs);
  const auto replace = [&](const std::string& option, const std::string& place, std::string MakingRequest::*own) {
    if (place.empty()) return;
    if (requests.size() > 1)
      throw Error(ErrorKind::usage, fmt::format("--{} names one place, but there are {} jobs", option, requests.size()),
                  fmt::format("each job has its own `{}`", option));
    requests.front().*own = place;
  };
  replace("out", choices.out, &MakingRequest::out);
  replace("film", choices.film, &MakingRequest::film);
  return requests;
}

/// Throws where a request, or the command line, asks something of a kind that the kind has no use for.
void check_request(const MakingRequest& request, const Common& common) {
  const MakeKind& kind = *request.kind;
  const auto refuse = [&](const std::string& option, std::string_view why, const std::string& hint) {
    throw Error(ErrorKind::usage, fmt::format("'{}' {}: {} is not for it", kind.name, why, option), hint);
  };
  if (!request.checks.empty() && !kind.asks_witnesses) {
    std::vector<std::string> others;
    for (const MakeKind* other : all_make_kinds()) {
      if (other->asks_witnesses) others.emplace_back(other->name);
    }
    refuse("--check", "does not ask other networks", "leave it out; these do: " + joined(others, ", "));
  }
  if (kind.needs_model) return;
  constexpr std::string_view why = "makes pictures without a network";
  if (!request.model.options.preprocess.empty()) refuse("--preprocess", why, "leave it out");
  if (!request.model.options.logits.empty()) refuse("--logits", why, "leave it out");
  if (common.device != "cpu") refuse("--device", why, "leave it out");
}

// --- making ---

struct Opened {
  Model model;
  std::vector<Model> checks;
};

/// Writes the state into a file now and then.
std::function<void(const std::function<Image()>&)> previewer(const std::string& path) {
  if (path.empty()) return {};
  constexpr double seconds = 2;
  return [path, last = std::make_shared<Clock::time_point>()](const std::function<Image()>& draw) {
    const Clock::time_point now = Clock::now();
    if (std::chrono::duration<double>(now - *last).count() < seconds) return;
    *last = now;
    write_figure(path, draw());
  };
}

std::string status_text(const MakeStatus& status) {
  std::string text = status.value ? "objective " + fmt::format("{:.4g}", *status.value) : "";
  if (!status.stage.empty()) text += (text.empty() ? "" : ", ") + std::string(status.stage);
  return text;
}

/// Makes what a group asks for; keeps what is unfinished where the first member's result goes.
Made make_group(const MakingGroup& group, const Opened* opened, const MakingPlace& place) {
  const MakingRequest& request = *group.members.front();
  MakeOptions options{.preset = request.preset, .settings = settings_of(group), .seed = request.seed};
  const TellingProgress bar = telling_progress_on_stderr(std::string(request.kind->name));
  options.progress = [&](const MakeStatus& status) { return bar(status.done, status.total, status_text(status)); };
  options.preview = previewer(request.preview);
  if (opened != nullptr) {
    for (const Model& check : opened->checks) options.witnesses.push_back(&check);
  }
  options.resume = unfinished_of(place);
  options.film = place.clip || !request.film.empty();
  const std::vector<NamedImage> pictures = read_pictures(request);
  return make_picture(*request.kind, opened != nullptr ? &opened->model : nullptr, pictures, options);
}

Json told_of(const MakingRequest& request, const MakingPlace& place, const Opened* opened, const Made& made,
             std::size_t together, double seconds) {
  Json inputs = Json::array();
  for (const std::string& picture : request.pictures)
    inputs.push_back(
        {{"path", fs::absolute(picture).lexically_normal().string()}, {"sha256", sha256_hex_of_file(picture)}});
  Json figures = Json::object();
  for (const auto& [name, number] : made.figures) figures[name] = number;
  const Options effective("'" + std::string(request.kind->name) + "'", request.kind->options, request.kind->presets,
                          request.preset, request.settings);
  Json options = Json::object();
  for (const auto& [name, value] : effective.all()) options[name] = value;
  Json json{{"fovea", version()},
            {"verb", "make"},
            {"kind", request.kind->name},
            {"output", fs::absolute(place.file).lexically_normal().string()}};
  if (opened != nullptr) {
    const Model& model = opened->model;
    json["model"] = {{"path", fs::absolute(model.path).lexically_normal().string()},
                     {"sha256", model.hash},
                     {"preprocess", model.card.preprocess ? describe(*model.card.preprocess) : ""}};
  }
  json["inputs"] = inputs;
  json["options"] = options;
  json["seed"] = request.seed;
  json["threads"] = thread_count();
  json["made_together"] = together;
  json["notes"] = made.notes;
  json["figures"] = figures;
  Json pictures = Json::array();
  for (const MadePicture& picture : made.pictures)
    pictures.push_back({{"name", picture.name}, {"label", picture.label}});
  json["pictures"] = pictures;
  if (place.drawn) name_fonts(json, made.picture);
  json["timings"] = {{"make", seconds}};
  json["job"] = to_json(request);
  return json;
}

void print_table(const std::vector<std::vector<std::string>>& table) {
  constexpr std::size_t most_rows = 40;
  if (table.size() < 2 || table.size() > most_rows) return;
  std::vector<Column> columns;
  for (const std::string& title : table.front()) columns.push_back({title});
  fmt::print("{}", table_text(columns, {table.begin() + 1, table.end()}));
}

void print(const MakingRequest& request, const Made& made, const std::vector<std::string>& files) {
  fmt::print("{}\n", request.kind->name);
  for (const std::string& note : made.notes) fmt::print("  {}\n", note);
  for (const auto& [name, number] : made.figures) fmt::print("  {} {}\n", name, number_text(number));
  print_table(made.table);
  for (const MadeTable& table : made.further) print_table(table.rows);
  fmt::print("  written {}\n", joined(files, ", "));
  std::fflush(stdout);
}

Opened open_models(const MakingRequest& request, const Common& common) {
  Opened opened{open_model(request.model, common), {}};
  for (const std::string& check : request.checks)
    opened.checks.push_back(open_model({.path = check, .options = {}}, common));
  return opened;
}

/// Says of a making that was stopped how to go on, where something was kept.
void tell_how_to_go_on(const fs::path& unfinished) {
  std::error_code ignored;
  const bool kept = fs::exists(unfinished, ignored);
  if (kept) fmt::print(stderr, "stopped; the same command goes on from {}\n", unfinished.string());
}

Json perform_group(const MakingGroup& group, const Common& common) {
  std::vector<MakingPlace> places;
  for (const MakingRequest* member : group.members) places.push_back(place_of(*member));
  std::unique_ptr<Opened> opened;
  if (group.members.front()->kind->needs_model)
    opened = std::make_unique<Opened>(open_models(*group.members.front(), common));
  const Clock::time_point start = Clock::now();
  const fs::path unfinished = unfinished_of(places.front());
  Made made;
  try {
    made = make_group(group, opened.get(), places.front());
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::stopped) tell_how_to_go_on(unfinished);
    throw;
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  Json told = Json::array();
  for (std::size_t i = 0; i < group.members.size(); ++i) {
    const MakingRequest& request = *group.members[i];
    const Made own = made_for(group, i, made);
    const Json sidecar = told_of(request, places[i], opened.get(), own, group.members.size(), seconds);
    const std::vector<std::string> files = write_made(request, places[i], own, sidecar);
    if (!common.json) print(request, own, files);
    told.push_back(sidecar);
  }
  std::error_code ignored;
  fs::remove_all(unfinished, ignored);
  return told;
}

int make_all(const Choices& choices) {
  const std::vector<MakingRequest> requests = requests_of(choices);
  for (const MakingRequest& request : requests) check_request(request, choices.common);
  apply(choices.common);
  for (const MakingRequest& request : requests) place_of(request);  // all places are looked at before the work
  Json told = Json::array();
  for (const MakingGroup& group : groups_of(requests)) {
    stop_if_interrupted();
    for (const Json& one : perform_group(group, choices.common)) told.push_back(one);
  }
  if (choices.common.json) fmt::print("{}\n", text_of(told));
  return 0;
}

Action add(Parser& parser) {
  const auto choices = std::make_shared<Choices>();
  parser
      .add_option("KIND MODEL IMAGE", choices->words,
                  "What is made, by which network, out of which pictures; `fovea list` shows the kinds, `fovea list "
                  "KIND` explains one")
      .text("...")
      .names("kind");
  for (const auto& [name, help] : flags) {
    parser.add_option(std::string("--") + name, choices->flagged[name], help).text("TEXT");
  }
  add_pairs(parser, "--set", choices->settings, "NAME=VALUE", "Sets options of the kind; `fovea list KIND` tells them");
  parser.add_option("--preset", choices->preset, "Takes a paper's or another tool's settings").text("NAME");
  parser
      .add_option("--check", choices->checks,
                  "Asks another network what it sees in what was made; may be given several times")
      .text("MODEL")
      .one_each();
  parser
      .add_option("--out", choices->out,
                  "Draws (.png, .jpg, .webp, .svg, .pdf), writes raw numbers (.npy), films (.mp4, .gif), or fills a "
                  "folder (DIR/)")
      .text("PATH");
  parser.add_flag("--raw", choices->raw, "Writes the raw numbers (.npy) beside the picture");
  parser.add_option("--film", choices->film, "Films how it came to be, as .mp4, .gif or .webp").text("FILE.mp4");
  parser.add_option("--preview", choices->preview, "Draws the state into a file every few seconds").text("FILE.png");
  parser
      .add_option("--jobs", choices->jobs,
                  "Makes a list of jobs; those that differ only in what they excite are made at once")
      .text("FILE.yaml|json");
  parser.add_option("--from", choices->from, "Makes again what a sidecar says: the same bytes").text("FILE.json");
  add_loading(parser, choices->load);
  add_common(parser, choices->common);
  const char* const hint =
      "jobs and sidecars say all that is made: --out, --film, --threads, --device and --json remain";
  parser.excludes("--from", {"--jobs"}, hint);
  for (const char* said : {"--jobs", "--from"}) {
    parser.excludes(said,
                    {"KIND MODEL IMAGE", "--set", "--preset", "--check", "--raw", "--preview", "--preprocess",
                     "--logits", "--seed"},
                    hint);
    for (const auto& [name, help] : flags) parser.at(std::string("--") + name).excludes(said, hint);
  }
  return [choices] { return make_all(*choices); };
}

}  // namespace

extern constinit const Verb descriptor{
    .name = "make",
    .sentence =
        "Makes pictures: what excites a unit or a class, what a layer kept of a picture, dreams, styles, fools.",
    .examples =
        "Examples:\n"
        "  fovea make feature net.onnx --at conv5:3,7-9 --out conv5.png\n"
        "      what channels of a layer answer to most; --at conv5 makes a sheet of the layer\n"
        "  fovea make class net.onnx --class tabby --out tabby.png --check other.onnx\n"
        "  fovea make class net.onnx --class 0,50,100 --out classes/ --preset octaves\n"
        "  fovea make feature net.onnx --objective \"channel(conv5,3) + channel(conv5,7)\" --out both.png\n"
        "  fovea make feature net.onnx --at conv4:5 --canvas \"cppn\" --steps 500 --film film.mp4 --out smooth.png\n"
        "  fovea make invert net.onnx photo.jpg --out inverted.png\n"
        "  fovea make dream net.onnx photo.jpg --out dream.png\n"
        "  fovea make style net.onnx photo.jpg painting.jpg --out painted.png\n"
        "  fovea make fool net.onnx photo.jpg --set target=lemon --out fooled.png\n"
        "      a clip stands for its frames wherever a kind takes several pictures\n"
        "  fovea make --jobs jobs.yaml\n"
        "      one job an item: {kind: class, model: net.onnx, set: {class: 281}, out: cat.png}\n"
        "  fovea make --from conv5.json --out again.png\n"
        "Stopped by Ctrl-C, the same command goes on. Beside every result lies a sidecar FILE.json with all that made "
        "it.",
    .add = add};

}  // namespace fovea::cli::make

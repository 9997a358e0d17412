// Fooling pictures by evolution: one champion per class, found by MAP-Elites among pictures drawn by pattern-producing
// networks or given pixel by pixel; fitness is the network's confidence. Nguyen, Yosinski and Clune 2015.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <filesystem>

#include <ATen/Parallel.h>
#include <ATen/ops/stack.h>

#include <fovea/data.h>
#include <fovea/error.h>
#include <fovea/version.h>

#include "core/atomic_file.h"
#include "core/json.h"
#include "core/progress.h"
#include "core/sha256.h"
#include "evolved/cppn.h"
#include "evolved/direct.h"
#include "evolved/elites.h"
#include "evolved/genome_text.h"
#include "make/shared/common.h"
#include "make/shared/judge.h"
#include "make/shared/witnesses.h"

namespace fovea::make::elites {
namespace {

using Clock = std::chrono::steady_clock;

constexpr Option options[] = {
    {.name = "encoding",
     .type = OptionType::choice,
     .fallback = "cppn",
     .range = "cppn|direct",
     .help = "Pictures drawn by small networks of functions (regular), or pixel by pixel (noise)."},
    {.name = "class", .fallback = "", .help = "Classes on the sheet, by index or label; none: all (at most `most`)."},
    {.name = "most",
     .type = OptionType::integer,
     .fallback = "48",
     .range = "1..100000",
     .help = "Classes on the sheet where none are named: evenly spaced ones."},
    {.name = "generations",
     .type = OptionType::integer,
     .fallback = "1000",
     .range = "1..100000000",
     .help = "Generations."},
    {.name = "minutes",
     .type = OptionType::number,
     .fallback = "0",
     .range = "0..100000",
     .help = "Ends after so long instead, in which generation that may be; 0: no limit."},
    {.name = "children",
     .type = OptionType::integer,
     .fallback = "64",
     .range = "1..100000",
     .help = "Pictures that are tried in each generation."},
    size_option(),
    {.name = "crops",
     .type = OptionType::integer,
     .fallback = "1",
     .range = "1..25",
     .help = "Shifted views that the confidence is the mean of (the paper: 10)."},
    {.name = "coordinates",
     .type = OptionType::choice,
     .fallback = "unit",
     .range = "unit|pixels",
     .help = "What the small networks are told: places from -1 to 1, or raw pixel numbers as the released code."},
    {.name = "colours",
     .type = OptionType::choice,
     .fallback = "hls",
     .range = "hls|hsv|rgb",
     .help = "How their three outputs become a colour; hls is the released code's, whose hue runs round."},
    {.name = "mutation",
     .type = OptionType::number,
     .fallback = "0.1",
     .range = "0..1",
     .help = "Rate at which a weight, or a pixel, is changed."},
    batch_option("64")};

constexpr Setting published[] = {
    {"coordinates", "pixels"}, {"colours", "hls"}, {"children", "400"}, {"generations", "5000"}, {"crops", "10"}};
constexpr Preset presets[] = {
    {"published", "the paper's for ImageNet: 400 children, 5000 generations, ten crops, raw pixel numbers", published}};

// --- the two encodings: first, child, picture, text ---

struct CppnEncoding {
  using Genome = evolved::Cppn;
  evolved::CppnRates rates;
  evolved::Coordinates coordinates = evolved::Coordinates::unit;
  evolved::Colours colours = evolved::Colours::hls;

  explicit CppnEncoding(const Options& options) {
    rates.weight = options.number("mutation");
    if (options.text("coordinates") == "pixels") coordinates = evolved::Coordinates::pixels;
    if (options.text("colours") == "hsv") colours = evolved::Colours::hsv;
    if (options.text("colours") == "rgb") colours = evolved::Colours::rgb;
  }
  Genome first(evolved::Dice& dice, const Judge&) const { return evolved::first_cppn(dice, rates); }
  Genome child(const Genome& mother, const Genome&, evolved::Dice& dice) const {
    Genome genome = mother;  // the released code's crossover only swaps the parents
    evolved::mutate(genome, dice, rates);
    return genome;
  }
  Tensor picture(const Genome& genome, const Judge& judge) const {
    return evolved::coloured(evolved::outputs_of(genome, judge.height(), judge.width(), coordinates), colours);
  }
  static std::int64_t genes(const Genome& genome) { return static_cast<std::int64_t>(genome.links.size()); }
  static Genome read(const Json& text, const Judge&) { return evolved::read_cppn(text); }
};

struct DirectEncoding {
  using Genome = Tensor;
  evolved::DirectRates rates;

  explicit DirectEncoding(const Options& options) { rates.mutation = options.number("mutation"); }
  Genome first(evolved::Dice& dice, const Judge& judge) const {
    return evolved::first_pixels(dice, judge.height(), judge.width());
  }
  Genome child(const Genome& mother, const Genome& father, evolved::Dice& dice) const {
    return evolved::child_pixels(mother, father, dice, rates);
  }
  static Tensor picture(const Genome& genome, const Judge&) {
    constexpr double white = 255;
    return (genome * white).round() / white;
  }
  static std::int64_t genes(const Genome& genome) { return genome.numel(); }
  static Genome read(const Json& text, const Judge& judge) {
    return evolved::read_pixels(text, judge.height(), judge.width());
  }
};

template <class E>
Tensor draw_all(const E& encoding, const std::vector<typename E::Genome>& genomes, const Judge& judge) {
  std::vector<Tensor> pictures(genomes.size());
  at::parallel_for(0, static_cast<std::int64_t>(genomes.size()), 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      pictures[static_cast<std::size_t>(i)] = encoding.picture(genomes[static_cast<std::size_t>(i)], judge);
    }
  });
  return at::stack(pictures);
}

// --- unfinished evolutions ---

std::string key_of(const MakeCall& call) {
  Json key{{"version", version()}, {"model", call.network().hash}, {"seed", call.seed}, {"kind", "elites"}};
  for (const auto& [name, value] : call.options.all()) {
    if (name != "generations" && name != "minutes" && name != "class" && name != "most") key[name] = value;
  }
  const std::string text = key.dump({.sorted = true});
  return sha256_hex(std::as_bytes(std::span(text)));
}

std::filesystem::path state_of(const MakeCall& call) {
  return call.resume.empty() ? std::filesystem::path() : call.resume / "archive.json";
}

template <class E>
void save(const MakeCall& call, const evolved::Archive<typename E::Genome>& archive, std::int64_t generation) {
  const std::filesystem::path path = state_of(call);
  if (path.empty()) return;
  Json cells = Json::array();
  for (const auto& elite : archive) {
    cells.push_back(elite ? Json{{"genome", evolved::to_json(elite->genome)},
                                 {"confidence", elite->confidence},
                                 {"generation", elite->generation}}
                          : Json());
  }
  std::filesystem::create_directories(path.parent_path());
  const std::string text =
      Json{{"key", key_of(call)}, {"generation", generation}, {"cells", cells}}.dump({.sorted = true});
  write_whole(path, std::as_bytes(std::span(text)));
}

/// Takes up what was kept; returns the generations that are done.
template <class E>
std::int64_t restore(const MakeCall& call, const Judge& judge, evolved::Archive<typename E::Genome>& archive) {
  constexpr std::uintmax_t most_bytes = std::uintmax_t{1} << 31;
  const std::filesystem::path path = state_of(call);
  if (path.empty() || !std::filesystem::exists(path)) return 0;
  const std::vector<std::byte> bytes = read_whole(path, most_bytes);
  try {
    const Json json = Json::parse(bytes);
    if (json.at("key") != key_of(call) ||
        json.at("generation").get<std::int64_t>() > call.options.integer("generations"))
      return 0;
    for (std::size_t c = 0; c < archive.size(); ++c) {
      const Json& cell = json.at("cells").at(c);
      if (cell.is_null()) continue;
      archive[c] = evolved::Elite<typename E::Genome>{E::read(cell.at("genome"), judge), cell.at("confidence"),
                                                      cell.at("generation")};
    }
    return json.at("generation");
  } catch (const std::exception& error) {
    throw Error(ErrorKind::format, "the unfinished work in " + path.string() + " is damaged: " + error.what(),
                "remove it to begin anew");
  }
}

// --- the evolution ---

std::vector<std::int64_t> shown_classes(const MakeCall& call, std::int64_t classes) {
  std::vector<std::int64_t> shown = read_classes(call.network(), call.options.text("class"));
  if (shown.empty()) return spread_evenly(classes, call.options.integer("most"));
  refuse_asked(call, {"most"}, "beside 'class', which names those that are shown");
  return shown;
}

template <class E>
Tensor champions_of(const E& encoding, const evolved::Archive<typename E::Genome>& archive,
                    const std::vector<std::int64_t>& classes, const Judge& judge) {
  std::vector<typename E::Genome> genomes;
  for (const std::int64_t c : classes) genomes.push_back(archive[static_cast<std::size_t>(c)]->genome);
  return draw_all(encoding, genomes, judge);
}

struct Progressed {
  std::int64_t generation = 0;
  std::vector<Image> frames;
};

template <class E>
Progressed climb_generations(const MakeCall& call, const E& encoding, const Judge& judge,
                             evolved::Archive<typename E::Genome>& archive, const std::vector<std::int64_t>& shown) {
  using Genome = typename E::Genome;
  constexpr double between_states = 15;  // s
  constexpr double seconds_per_minute = 60;
  constexpr std::int64_t most_frames = 200;
  const evolved::Encoding<Genome> ways{
      .first = [&](evolved::Dice& dice) { return encoding.first(dice, judge); },
      .child = [&](const Genome& a, const Genome& b, evolved::Dice& dice) { return encoding.child(a, b, dice); },
      .judge = [&](const std::vector<Genome>& genomes) { return judge(draw_all(encoding, genomes, judge)); }};
  const std::int64_t generations = call.options.integer("generations");
  const double limit = call.options.number("minutes") * seconds_per_minute;
  Progressed progressed{.generation = restore<E>(call, judge, archive), .frames = {}};
  const Clock::time_point begun = Clock::now();
  Clock::time_point saved = begun;
  const auto since = [](Clock::time_point then) { return std::chrono::duration<double>(Clock::now() - then).count(); };
  while (progressed.generation < generations && (limit == 0 || since(begun) < limit)) {
    evolved::evolve(archive, ways, call.options.integer("children"), call.seed, progressed.generation);
    ++progressed.generation;
    const auto picture = [&] { return mosaic(champions_of(encoding, archive, shown, judge)); };
    if (call.preview) call.preview(picture);
    if (call.film && progressed.generation % std::max<std::int64_t>(1, generations / most_frames) == 0) {
      progressed.frames.push_back(picture());
    }
    const MakeStatus status{.done = progressed.generation,
                            .total = generations,
                            .value = evolved::median_confidence(archive),
                            .stage = "median confidence"};
    const bool on = !call.progress || call.progress(status);
    if (!on || since(saved) > between_states) {
      save<E>(call, archive, progressed.generation);
      saved = Clock::now();
    }
    if (!on) throw_stopped();
  }
  return progressed;
}

template <class E>
Made evolve_pictures(const MakeCall& call, const E& encoding) {
  const Model& model = call.network();
  const Judge judge(call);
  const std::int64_t classes = channels_of(model, model.graph.logits());
  evolved::Archive<typename E::Genome> archive(static_cast<std::size_t>(classes));
  const std::vector<std::int64_t> shown = shown_classes(call, classes);
  Progressed progressed = climb_generations(call, encoding, judge, archive, shown);
  const Tensor pictures = champions_of(encoding, archive, shown, judge);
  std::vector<MadeTile> tiles;
  std::vector<std::string> names;
  std::vector<std::vector<std::string>> table{{"picture", "label", "confidence", "generation", "genes"}};
  for (const std::int64_t c : shown) {
    const auto& elite = *archive[static_cast<std::size_t>(c)];
    const std::string label = label_of(model.card, c);
    names.push_back("class_" + std::to_string(c));
    tiles.push_back({names.back(), label + " " + short_number(elite.confidence)});
    table.push_back({names.back(), label, short_number(elite.confidence), std::to_string(elite.generation),
                     std::to_string(E::genes(elite.genome))});
  }
  Made made = made_of(pictures, tiles, "evolved pictures, and how sure the network is of each");
  made.frames = std::move(progressed.frames);
  made.table = std::move(table);
  const std::int64_t tried = progressed.generation * call.options.integer("children");
  made.notes.push_back(std::to_string(progressed.generation) + " generations of " + call.options.text("children") +
                       " pictures, encoding " + call.options.text("encoding") +
                       "; confidence of pictures as a file holds them");
  if (progressed.generation < call.options.integer("generations")) {
    made.notes.push_back("ended by the clock: generations=" + std::to_string(progressed.generation) +
                         " minutes=0 makes the same again");
  }
  double best = 0;
  for (const auto& elite : archive) best = std::max(best, elite->confidence);
  made.figures = {{"median_confidence", evolved::median_confidence(archive)},
                  {"best_confidence", best},
                  {"generations", static_cast<double>(progressed.generation)},
                  {"pictures_tried", static_cast<double>(tried)}};
  ask_witnesses(call, pictures, names, made, shown);
  return made;
}

Made make_elites(const MakeCall& call) {
  if (call.options.text("encoding") == "direct") return evolve_pictures(call, DirectEncoding(call.options));
  return evolve_pictures(call, CppnEncoding(call.options));
}

}  // namespace

extern constinit const MakeKind descriptor{
    .name = "elites",
    .sentence = "Evolves pictures that a network is sure of and nobody else: a champion for every class.",
    .paper =
        "Nguyen, Yosinski and Clune 2015, Deep neural networks are easily fooled; Mouret and Clune 2015 (MAP-Elites)",
    .details =
        "Every generation draws parents from all champions, changes them and holds each child against the champions "
        "of all classes, so that a picture may jump from one class to another. With encoding=cppn pictures are "
        "drawn by small networks of sines, sigmoids, Gaussians and lines that grow (NEAT's mutations at the "
        "released code's rates; its crossover does nothing, so none is done); with encoding=direct every pixel is a "
        "gene. No gradient is asked. --check says what other networks see.",
    .options = options,
    .presets = presets,
    .asks_witnesses = true,
    .make = make_elites};

}  // namespace fovea::make::elites

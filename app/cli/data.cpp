// fovea data render: scenes of the rendered world as files: a folder per class, masks, boxes, and what reproduces them.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <memory>
#include <mutex>
#include <thread>

#include <fmt/format.h>

#include <fovea/error.h>
#include <fovea/image.h>
#include <fovea/threads.h>
#include <fovea/version.h>
#include <fovea/world.h>

#include "core/csv.h"
#include "shared/arguments.h"
#include "shared/dataset.h"
#include "shared/interrupt.h"
#include "shared/json.h"
#include "shared/place.h"
#include "shared/progress.h"
#include "shared/verb.h"

namespace fovea::cli::data {
namespace {

namespace fs = std::filesystem;

/// Grey values of a part map: part k of a class (from 0) is (k + 1) times this, so that people see them apart.
constexpr int part_step = 30;

constexpr const char* masks_folder = "masks";

struct Choices {
  Common common;
  std::string word;
  std::string out;
  WorldChoice world;
  int size = 96;
  bool two_objects = false;
};

/// What the tables tell about a scene.
struct Row {
  std::string path;
  std::string context;
  std::vector<Box> boxes;
};

std::string stem_of(std::int64_t index) { return fmt::format("scene_{:06}", index); }

/// Draws a mask as a grey picture, its ones in one value, over what other masks drew.
void draw_mask(Image& picture, const Tensor& mask, int value) {
  const auto* ones = mask.data_ptr<std::uint8_t>();
  for (std::size_t i = 0; i < picture.rgb.size(); ++i) {
    if (ones[i / 3] != 0) picture.rgb[i] = static_cast<std::uint8_t>(value);
  }
}

void write_masks(const fs::path& folder, const std::string& stem, const WorldScene& scene) {
  constexpr int white = 255;
  const int size = scene.picture.width;
  for (std::size_t i = 0; i < scene.objects.size(); ++i) {
    const WorldObject& object = scene.objects[i];
    const std::string which = i == 0 ? "" : std::to_string(i + 1);
    Image mask = make_image(size, size);
    draw_mask(mask, object.mask, white);
    write_image(folder / (stem + "_object" + which + ".png"), mask);
    Image parts = make_image(size, size);
    for (std::size_t k = 0; k < object.parts.size(); ++k) {
      draw_mask(parts, object.parts[k].second, part_step * static_cast<int>(k + 1));
    }
    write_image(folder / (stem + "_parts" + which + ".png"), parts);
  }
  if (scene.context_name.empty()) return;
  Image mask = make_image(size, size);
  draw_mask(mask, scene.context, white);
  write_image(folder / (stem + "_context.png"), mask);
}

Row write_scene(const fs::path& out, const WorldOptions& options, std::uint64_t seed, std::int64_t index) {
  const WorldScene scene = render_scene(options, seed, index);
  const std::string& label = world_labels()[static_cast<std::size_t>(scene.objects[0].label)];
  Row row{.path = label + "/" + stem_of(index) + ".png", .context = scene.context_name, .boxes = {}};
  for (const WorldObject& object : scene.objects) row.boxes.push_back(object.box);
  write_masks(out / masks_folder, stem_of(index), scene);
  write_image(out / row.path, scene.picture);
  return row;
}

/// Writes all scenes in threads; the rows come in the scenes' order. The first failure ends all and is passed on.
std::vector<Row> write_scenes(const Choices& choices, const WorldOptions& options, int threads) {
  const Progress progress = progress_on_stderr("render");
  const std::int64_t count = choices.world.scenes;
  std::vector<Row> rows(static_cast<std::size_t>(count));
  std::atomic<std::int64_t> next = 0;
  std::int64_t done = 0;
  std::exception_ptr failure;
  std::mutex mutex;  // guards `done`, `failure` and the listener
  const auto work = [&] {
    for (std::int64_t i; (i = next++) < count;) {
      try {
        Row row = write_scene(choices.out, options, choices.world.seed, choices.world.first + i);
        const std::lock_guard lock(mutex);
        rows[static_cast<std::size_t>(i)] = std::move(row);
        if (!progress(++done, count)) next = count;
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!failure) failure = std::current_exception();
        next = count;
      }
    }
  };
  {
    std::vector<std::jthread> workers;
    for (int i = 1; i < threads; ++i) workers.emplace_back(work);
    work();
  }
  stop_if_interrupted();
  if (failure) std::rethrow_exception(failure);
  return rows;
}

std::string classes_text() {
  std::string text;
  for (std::size_t i = 0; i < world_labels().size(); ++i) text += fmt::format("{} {}\n", i, world_labels()[i]);
  return text;
}

Json parts_json() {
  Json json = Json::object();
  for (std::size_t label = 0; label < world_labels().size(); ++label) {
    Json values = Json::object();
    const std::vector<std::string> parts = world_parts(static_cast<std::int64_t>(label));
    for (std::size_t k = 0; k < parts.size(); ++k) {
      values[std::to_string(part_step * static_cast<int>(k + 1))] = parts[k];
    }
    json[world_labels()[label]] = values;
  }
  return json;
}

Json world_json(const Choices& choices, const WorldOptions& options) {
  Json biases = Json::array();
  for (const WorldBias& bias : options.biases) {
    biases.push_back({{"class", bias.label}, {"context", bias.context}, {"rate", bias.rate}});
  }
  return {{"fovea", version()},
          {"verb", "data render"},
          {"world_version", world_version},
          {"seed", choices.world.seed},
          {"first", choices.world.first},
          {"count", choices.world.scenes},
          {"size", options.size},
          {"two_objects", options.two_objects},
          {"biases", biases},
          {"context_rate", world_context_rate},
          {"classes", world_labels()},
          {"contexts", world_contexts()}};
}

/// Writes what is told about all scenes; world.json comes last, so that a folder that has it is whole.
void write_tables(const fs::path& out, const std::vector<Row>& rows, const Json& sidecar) {
  std::string boxes = csv_line({"path", "label", "x0", "y0", "x1", "y1"});
  std::string contexts = csv_line({"path", "context"});
  for (const Row& row : rows) {
    for (const Box& box : row.boxes) {
      boxes += csv_line({row.path, std::to_string(box.label), fmt::format("{}", box.x0), fmt::format("{}", box.y0),
                         fmt::format("{}", box.x1), fmt::format("{}", box.y1)});
    }
    if (!row.context.empty()) contexts += csv_line({row.path, row.context});
  }
  write_text(out / "boxes.csv", boxes);
  write_text(out / "contexts.csv", contexts);
  write_text(out / "classes.txt", classes_text());
  write_text(out / masks_folder / "parts.json", text_of(parts_json()) + "\n");
  write_text(out / "world.json", text_of(sidecar) + "\n");
}

void require_empty(const fs::path& folder) {
  std::error_code ignored;
  if (!fs::exists(folder, ignored) || (fs::is_directory(folder, ignored) && fs::is_empty(folder, ignored))) return;
  throw Error(ErrorKind::file,
              folder.string() + (fs::is_directory(folder, ignored) ? " is not empty" : " is no folder"),
              "name another place by --out, or remove it; scenes of two runs are not mixed");
}

int render(const Choices& choices) {
  WorldOptions options = world_options(choices.world, choices.size);
  options.two_objects = choices.two_objects;
  check_world(options);
  const fs::path out = choices.out;
  require_empty(out);
  require_creatable(out);
  make_folder(out / masks_folder);
  for (const std::string& label : world_labels()) make_folder(out / label);
  const int threads = choices.common.threads > 0 ? choices.common.threads : thread_count();
  const std::vector<Row> rows = write_scenes(choices, options, threads);
  const Json sidecar = world_json(choices, options);
  write_tables(out, rows, sidecar);
  if (choices.common.json) {
    fmt::print("{}\n", text_of(sidecar));
  } else {
    fmt::print("{} scenes of {} classes written to {}\n", choices.world.scenes, world_labels().size(), choices.out);
  }
  return 0;
}

int act(const Choices& choices) {
  const std::vector<std::string> words{"render"};
  if (choices.word == words[0]) return render(choices);
  const std::string near = did_you_mean(choices.word, words);
  throw Error(ErrorKind::usage, "`fovea data` has no word '" + choices.word + "'",
              near.empty() ? "there is: fovea data render" : near);
}

Action add(Parser& parser) {
  constexpr std::int64_t most_scenes = 10'000'000;
  const auto choices = std::make_shared<Choices>();
  parser.add_option("WORD", choices->word, "What to do; `render`: draws scenes of the rendered world")
      .text(" ")
      .required();
  parser.add_option("--out", choices->out, "Names the folder to write; new or empty").text("DIR").required();
  add_world(parser, choices->world, "Sets how many scenes are drawn");
  parser.at("--scenes").range(std::int64_t{1}, most_scenes).required().was("--count");
  parser.at("--world-seed").was("--seed");
  parser.add_option("--size", choices->size, "Sets the pictures' width and height, px; default 96")
      .text("PX")
      .range(least_world_size, most_world_size);
  parser.add_flag("--two", choices->two_objects, "Draws two objects of different classes; the first one is the label");
  add_common(parser, choices->common, {.seed = true, .device = true});
  return [choices] { return act(*choices); };
}

}  // namespace

extern constinit const Verb descriptor{
    .name = "data",
    .sentence = "Renders labelled scenes whose right answers are known.",
    .examples =
        "Writes DIR/CLASS/scene_000017.png, DIR/masks (the object, its parts, the context), DIR/boxes.csv,\n"
        "contexts.csv, classes.txt and world.json, which says how to draw the same bytes again.\n"
        "Examples:\n"
        "  fovea data render --out scenes/ --scenes 1000 --world-seed 3\n"
        "  fovea data render --out biased/ --scenes 5000 --bias dumbbell=arm:0.95\n"
        "  fovea data render --out pairs/ --scenes 200 --two --size 224 --first 100000",
    .add = add};

}  // namespace fovea::cli::data

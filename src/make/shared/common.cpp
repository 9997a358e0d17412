// What kinds of making share.
// SPDX-License-Identifier: Apache-2.0
#include "make/shared/common.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <filesystem>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>

#include <fovea/display.h>
#include <fovea/error.h>
#include <fovea/npy.h>

#include "core/lower_case.h"
#include "core/find_part.h"

namespace fovea::make {

void refuse_asked(const MakeCall& call, std::initializer_list<std::string_view> options, std::string_view beside,
                  std::string_view hint) {
  for (const std::string_view option : options) {
    if (!call.options.is_asked(option)) continue;
    throw Error(ErrorKind::usage, "option '" + std::string(option) + "' has no effect " + std::string(beside),
                std::string(hint));
  }
}

// --- objectives out of options ---

Objective term(std::string_view kind, std::vector<std::string> arguments) {
  return {find_part(all_objectives(), "objective", kind), std::move(arguments)};
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(';'), text.size());
    const std::size_t first = text.substr(0, end).find_first_not_of(" \t\n");
    if (first != std::string_view::npos) {
      const std::size_t last = text.substr(0, end).find_last_not_of(" \t\n");
      items.emplace_back(text.substr(first, last - first + 1));
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return items;
}

namespace {

/// The mean picture at the network's size, as its input.
Tensor neutral_input(const Model& model) {
  const Preprocess& preprocess = preprocess_of(model);
  return display_to_input(mean_colour(preprocess).expand({1, 3, preprocess.height, preprocess.width}), preprocess);
}

bool is_index(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// "0,50,100" as its items; any other text as one.
std::vector<std::string> split_indices(const std::string& text) {
  std::vector<std::string> items;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    std::string item = text.substr(begin, end - begin);
    item.erase(0, item.find_first_not_of(' '));
    item.erase(item.find_last_not_of(' ') + 1);
    if (!is_index(item)) return {text};
    items.push_back(std::move(item));
    begin = end + 1;
  }
  return items;
}

/// A label, which may hold commas ("tench, Tinca tinca"), or else several labels between commas.
std::vector<std::int64_t> find_classes(const Card& card, const std::string& text, std::int64_t classes) {
  try {
    return {find_class(card, text, classes)};
  } catch (const Error&) {
    if (text.find(',') == std::string::npos) throw;
  }
  std::vector<std::int64_t> found;
  std::string rest = text;
  std::replace(rest.begin(), rest.end(), ',', ';');
  for (const std::string& one : split_list(rest)) found.push_back(find_class(card, one, classes));
  return found;
}

}  // namespace

std::int64_t channels_of(const Model& model, ValueId value) {
  const c10::AutoGradMode no_grad(false);
  const Trace trace =
      run(model.graph, neutral_input(model), {.tape = Tape::none, .keep = KeepValues::none, .until = {value}});
  const Tensor& found = trace.value(value);
  if (found.dim() >= 2) return found.size(1);
  throw Error(ErrorKind::usage, "'" + model.graph.name(value) + "' has no channels: it has " +
                                    std::to_string(found.dim()) + " axes, expected at least 2");
}

std::vector<std::int64_t> read_classes(const Model& model, std::string_view text) {
  const std::int64_t classes = channels_of(model, model.graph.logits());
  std::vector<std::int64_t> found;
  for (const std::string& item : split_list(text)) {
    for (const std::string& one : split_indices(item)) {
      for (const std::int64_t index : find_classes(model.card, one, classes)) found.push_back(index);
    }
  }
  return found;
}

Targets targets_of(const MakeCall& call, const std::vector<Objective>& objectives) {
  Targets targets;
  const Model& model = call.network();
  for (const Objective& objective : objectives) {
    for (const Target& target : objective.targets(model.graph)) {
      const auto picture = std::find_if(call.pictures.begin(), call.pictures.end(), [&](const NamedImage& named) {
        return std::filesystem::path(named.name).stem() == target.name || named.name == target.name;
      });
      if (picture != call.pictures.end()) {
        set_targets(targets, model, objectives, target.name, to_display(picture->image));
      } else if (ending_of(target.name) == ".npy") {
        targets.set(target.name, target.value, read_npy(target.name).to(at::kFloat));
      } else {
        std::string known;
        for (const NamedImage& named : call.pictures) {
          known += (known.empty() ? "" : ", ") + std::filesystem::path(named.name).stem().string();
        }
        throw Error(
            ErrorKind::usage,
            "objective '" + objective.text() + "' compares with '" + target.name + "', which is none of the pictures",
            known.empty() ? "give the picture after the network; its name without the ending stands for it"
                          : "the pictures are: " + known + "; a .npy file is taken as it is");
      }
    }
  }
  return targets;
}

// --- ascents ---

AscentOptions ascent_options(const MakeCall& call) {
  AscentOptions options;
  const Options& chosen = call.options;
  if (chosen.has("canvas")) options.canvas = chosen.text("canvas");
  if (chosen.has("transforms")) options.transforms = chosen.text("transforms");
  if (chosen.has("priors")) options.priors = chosen.text("priors");
  if (chosen.has("optimiser")) options.optimiser = chosen.text("optimiser");
  if (chosen.has("recipe")) options.recipe = chosen.text("recipe");
  if (chosen.has("redirect")) options.redirect = chosen.integer("redirect");
  if (chosen.has("steps")) options.steps = chosen.integer("steps");
  if (chosen.has("size") && chosen.integer("size") > 0) {
    options.width = static_cast<int>(chosen.integer("size"));
    options.height = options.width;
  }
  options.seed = call.seed;
  return options;
}

Ascended climb(const MakeCall& call, AscentOptions options, const Stage& stage) {
  constexpr std::int64_t most_frames = 200;  // of one ascent's film
  if (call.film) options.frame_every = std::max<std::int64_t>(1, options.steps / most_frames);
  if (!call.resume.empty()) options.state = call.resume / (std::to_string(stage.index) + ".state");
  options.watch = [&](const AscentStatus& status) {
    if (call.preview) call.preview([&] { return mosaic(without_alpha(status.image)); });
    return !call.progress || call.progress({.done = stage.done + status.step,
                                            .total = std::max(stage.total, stage.done + status.steps),
                                            .value = status.value,
                                            .stage = stage.text});
  };
  return ascend(call.network(), options);
}

std::int64_t batch_of(const MakeCall& call) {
  return batch_limit(call.network().graph, call.options.has("batch") ? call.options.integer("batch") : 1);
}

namespace {

/// Adds what one ascent came to.
void add_to(Climbed& climbed, const Ascended& found, bool best) {
  if (!found.stopped.empty()) climbed.notes.push_back(found.stopped);
  const std::string fitted = "pictures are resized to the network's own size before it sees them";
  if (found.fitted && std::find(climbed.notes.begin(), climbed.notes.end(), fitted) == climbed.notes.end()) {
    climbed.notes.push_back(fitted);
  }
  if (found.redirected > 0) {
    climbed.notes.push_back("ReLUs were redirected in " + std::to_string(found.redirected) +
                            " steps, where no gradient reached a picture");
  }
  const std::vector<double>& values = best ? found.best_values : found.last_values;
  climbed.values.insert(climbed.values.end(), values.begin(), values.end());
  const Tensor& pictures = best ? found.best : found.last;
  climbed.raw = climbed.raw.defined() ? at::cat({climbed.raw, pictures}) : pictures;
  climbed.pictures = without_alpha(climbed.raw);
}

/// The objectives of one batch: one where all are the same, so that the network's values are asked once.
std::vector<Objective> part_of(const std::vector<Objective>& objectives, std::int64_t begin, std::int64_t count) {
  std::vector<Objective> part(objectives.begin() + begin, objectives.begin() + begin + count);
  const bool same =
      std::all_of(part.begin(), part.end(), [&](const Objective& one) { return one.text() == part.front().text(); });
  if (same) part.erase(part.begin() + 1, part.end());
  return part;
}

bool keeps_best(const MakeCall& call) { return call.options.has("keep") && call.options.text("keep") == "best"; }

}  // namespace

Climbed climb_all(const MakeCall& call, const AscentOptions& options, const std::vector<Objective>& objectives,
                  std::int64_t group) {
  const std::int64_t batch = std::max<std::int64_t>(1, batch_of(call) / group) * group;
  const auto count = static_cast<std::int64_t>(objectives.size());
  Climbed climbed;
  for (std::int64_t begin = 0, index = 0; begin < count; begin += batch, ++index) {
    AscentOptions part = options;
    part.pictures = std::min(batch, count - begin);
    part.objectives = part_of(objectives, begin, part.pictures);
    part.seed = options.seed + static_cast<std::uint64_t>(index);
    if (options.start.defined() && options.start.size(0) > 1)
      part.start = options.start.narrow(0, begin, part.pictures);
    const Ascended found = climb(call, part,
                                 {.done = index * options.steps,
                                  .total = (count + batch - 1) / batch * options.steps,
                                  .index = index,
                                  .text = {}});
    add_to(climbed, found, keeps_best(call));
    for (const Tensor& frame : found.frames) climbed.frames.push_back(mosaic(without_alpha(frame)));
  }
  return climbed;
}

Climbed climb_ladder(const MakeCall& call, const std::vector<Rung>& rungs, const AscentOptions& first,
                     const std::vector<Objective>& objectives) {
  const std::int64_t batch = batch_of(call);
  const auto count = static_cast<std::int64_t>(objectives.size());
  std::int64_t steps = 0;
  for (const Rung& rung : rungs) steps += rung.options.steps;
  Climbed climbed;
  Stage stage{.total = (count + batch - 1) / batch * steps};
  for (std::int64_t begin = 0; begin < count; begin += batch) {
    const std::int64_t pictures = std::min(batch, count - begin);
    const bool own_starts = first.start.defined() && first.start.size(0) > 1;
    Tensor start = own_starts ? first.start.narrow(0, begin, pictures) : first.start;
    Ascended found;
    for (const Rung& rung : rungs) {
      AscentOptions part = rung.options;
      part.pictures = pictures;
      part.objectives = part_of(objectives, begin, pictures);
      part.targets = first.targets;
      part.seed = first.seed + static_cast<std::uint64_t>(stage.index);
      part.width = first.width;
      part.height = first.height;
      if (start.defined()) {
        part.height = static_cast<int>(std::lround(static_cast<double>(start.size(2)) * rung.scale));
        part.width = static_cast<int>(std::lround(static_cast<double>(start.size(3)) * rung.scale));
        part.start = resize_pictures(start, part.height, part.width);
      }
      stage.text = rung.text;
      found = climb(call, part, stage);
      stage.advance(rung.options.steps);
      start = without_alpha(found.last);
      for (const Tensor& frame : found.frames) climbed.frames.push_back(mosaic(without_alpha(frame)));
      if (!found.stopped.empty()) break;
    }
    add_to(climbed, found, false);
  }
  if (!climbed.frames.empty()) {  // of one size: the last rung's
    const Image& last = climbed.frames.back();
    for (Image& frame : climbed.frames) {
      if (frame.width != last.width || frame.height != last.height) {
        frame = resize(frame, last.width, last.height, Interpolation::linear);
      }
    }
  }
  return climbed;
}

std::string describe(const AscentOptions& options) {
  std::string text = std::to_string(options.steps) + " steps of " + options.optimiser + " on canvas " + options.canvas;
  if (!options.transforms.empty()) text += "; transforms " + options.transforms;
  if (!options.priors.empty()) text += "; priors " + options.priors;
  if (!options.recipe.empty()) text += "; recipe " + options.recipe;
  return text;
}

// --- what comes out ---

Made made_of(const Tensor& pictures, const std::vector<MadeTile>& tiles, std::string_view title) {
  constexpr int least_tile = 112;  // px: labels stay readable
  constexpr int most_tile = 320;
  Made made;
  made.values = pictures.detach().to(at::kCPU, at::kFloat).contiguous();
  for (std::int64_t i = 0; i < pictures.size(0); ++i) {
    const MadeTile& tile = tiles[static_cast<std::size_t>(i)];
    made.pictures.push_back({tile.name, from_display(made.values[i]), tile.label});
  }
  if (made.pictures.size() == 1) {
    made.picture = made.pictures.front().image;
    return made;
  }
  std::vector<Tile> laid;
  for (const MadePicture& picture : made.pictures) laid.push_back({picture.image, picture.label});
  const int columns = std::max(1, static_cast<int>(std::lround(std::sqrt(static_cast<double>(laid.size()) * 4 / 3))));
  const int side = std::clamp(made.pictures.front().image.width, least_tile, most_tile);
  made.picture = sheet(laid, std::min(columns, static_cast<int>(laid.size())), title, side);
  return made;
}

Image mosaic(const Tensor& pictures) {
  const auto count = static_cast<int>(pictures.size(0));
  const int columns = static_cast<int>(std::ceil(std::sqrt(static_cast<double>(count))));
  const int rows = (count + columns - 1) / columns;
  const auto width = static_cast<int>(pictures.size(3));
  const auto height = static_cast<int>(pictures.size(2));
  Image image = make_image(columns * width, rows * height, {255, 255, 255});
  for (int i = 0; i < count; ++i) {
    const Image one = from_display(pictures[i]);
    for (int y = 0; y < height; ++y) {
      std::copy_n(one.at(0, y), 3 * static_cast<std::size_t>(width),
                  image.at(i % columns * width, i / columns * height + y));
    }
  }
  return image;
}

std::string file_name(std::string_view text) {
  std::string name(text);
  for (char& c : name) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    if (!plain) c = '_';
  }
  return name.empty() ? "_" : name;
}

std::string short_number(double value) {
  constexpr int digits = 4;
  std::array<char, 32> buffer{};
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::general, digits).ptr;
  return {buffer.data(), end};
}

}  // namespace fovea::make

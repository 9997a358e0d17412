// Two passes: the first makes the maps (kept in half precision), the second draws them once the scale is known.
// SPDX-License-Identifier: Apache-2.0
#include "shared/explained_clip.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include <fovea/clip.h>
#include <fovea/error.h>

#include "core/sha256.h"
#include "shared/interrupt.h"
#include "shared/progress.h"

namespace fovea::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t most_map_bytes = std::size_t{6} << 30;  // of maps in memory
constexpr double held_percentile = 0.95;
constexpr int least_side = 384;  // of a drawn frame, px: a network's own size is small on a screen

/// A map of some frames, compact.
struct Kept {
  Map map;  ///< values in half precision
  std::string told;
};

std::string told_of(const Model& model, const Choice& choice, const Objective& pinned, const Tensor& scores) {
  const auto asked = pinned.asked_class();
  if (!asked) return fmt::format("{}: {}", choice.technique->name, pinned.text());
  return fmt::format("{}: {} {:.0f} %", choice.technique->name, label_of(model.card, *asked),
                     100 * scores.softmax(0)[*asked].item<double>());
}

/// What is gathered in the first pass.
struct Pass {
  std::vector<Kept> kept;
  std::vector<double> strengths;
  std::size_t bytes = 0;
  std::int64_t last_top = -1;
};

void explain_frame(const ClipRequest& clip, const Model& model, const Image& frame, Pass& pass, ExplainedClip& result) {
  const Choice& choice = clip.request.choices.front();
  const Subject subject(model, as_computed(to_input(frame, *model.card.preprocess), clip.request));
  const Objective pinned = clip.request.objective.pinned(subject.trace(), model.card);
  const ExplainOptions options{
      .at = clip.request.at, .preset = choice.preset, .settings = choice.settings, .seed = clip.request.common.seed};
  result.options = options_of(*choice.technique, options).all();
  Map map = explain(*choice.technique, subject, pinned, options);
  map.panels.clear();
  result.at = map.at;
  result.drawing = map.drawing;
  pass.strengths.push_back(strength_of(map));
  if (map.drawing == Drawing::level) map.values = map.values - map.values.min();  // half precision is for what differs
  map.values = map.values.to(at::kHalf);
  pass.bytes += static_cast<std::size_t>(map.values.numel()) * sizeof(std::uint16_t);
  if (pass.bytes > most_map_bytes) {
    throw Error(ErrorKind::resource,
                fmt::format("the maps of {} frames take more than {} GiB", pass.kept.size(), most_map_bytes >> 30),
                "explain fewer frames: --every 5, or cut the clip");
  }
  const Tensor scores = subject.trace().scores()[0];
  const std::int64_t top = scores.argmax().item<std::int64_t>();
  if (top != pass.last_top) {
    pass.last_top = top;
    result.classes.push_back({{"frame", result.frames},
                              {"index", top},
                              {"label", label_of(model.card, top)},
                              {"probability", scores.softmax(0)[top].item<double>()}});
  }
  pass.kept.push_back({std::move(map), told_of(model, choice, pinned, scores)});
}

double held_strength(std::vector<double> strengths) {
  const auto place = static_cast<std::size_t>(held_percentile * static_cast<double>(strengths.size() - 1));
  std::nth_element(strengths.begin(), strengths.begin() + static_cast<std::ptrdiff_t>(place), strengths.end());
  if (strengths[place] > 0) return strengths[place];
  return *std::max_element(strengths.begin(), strengths.end());
}

constexpr int line_height = 18;  // of the words on a frame, px

Image drawn_frame(const Kept& kept, const Image& frame, const Model& model, double strength) {
  constexpr int line = line_height;
  const Image seen = fit_image(frame, *model.card.preprocess);
  const int times =
      std::max(1, (least_side + std::min(seen.width, seen.height) - 1) / std::min(seen.width, seen.height));
  const Image large = resize(seen, seen.width * times, seen.height * times, Interpolation::cubic);
  Map map = kept.map;
  map.values = map.values.to(at::kFloat);
  Image drawn = strength > 0 ? draw(map, large, strength) : large;
  if (drawn.width != large.width) drawn = resize(drawn, large.width, large.height, Interpolation::cubic);
  // The words stand on a dark band, so that they can be read on any frame.
  for (int y = 0; y < std::min(line + 6, drawn.height); ++y) {
    for (int x = 0; x < std::min(text_width(kept.told, line) + 10, drawn.width); ++x) {
      for (int c = 0; c < 3; ++c) drawn.at(x, y)[c] = static_cast<std::uint8_t>(drawn.at(x, y)[c] / 4);
    }
  }
  Figure told(std::move(drawn));
  draw_text(told, 5, 3, kept.told, line, {255, 255, 255});
  return rasterise(told);
}

void require_clip_request(const ClipRequest& clip, const Model& model) {
  if (clip.request.choices.size() != 1) {
    throw Error(ErrorKind::usage,
                fmt::format("a clip is explained by one technique, found {}", clip.request.choices.size()),
                "name one by --technique");
  }
  if (!model.card.preprocess) {
    throw Error(ErrorKind::usage, "the model does not say how a picture becomes its input, so frames cannot",
                "give it a card, or name a preset by --preprocess");
  }
}

}  // namespace

ExplainedClip explain_clip(const ClipRequest& clip, const Model& model) {
  require_clip_request(clip, model);
  const auto begun = Clock::now();
  ExplainedClip result{.input_hash = sha256_hex_of_file(clip.clip)};
  Pass pass;
  {
    const auto reader = read_clip(clip.clip);
    const std::int64_t expected = std::max<std::int64_t>(reader->info().frames, 1);
    const Progress bar = progress_on_stderr("explain");
    while (const std::optional<Image> frame = reader->next()) {
      stop_if_interrupted();
      if (bar) bar(std::min(result.frames, expected), expected);
      if (result.frames % clip.every == 0) explain_frame(clip, model, *frame, pass, result);
      ++result.frames;
    }
  }
  if (pass.kept.empty()) throw Error(ErrorKind::format, clip.clip.string() + " holds no frame that decodes");
  result.explained = static_cast<std::int64_t>(pass.kept.size());
  result.strength = held_strength(pass.strengths);
  const auto reader = read_clip(clip.clip);
  const Progress bar = progress_on_stderr("draw");
  std::unique_ptr<ClipWriter> writer;
  for (std::int64_t i = 0; i < result.frames; ++i) {
    stop_if_interrupted();
    if (bar) bar(i, result.frames);
    const std::optional<Image> frame = reader->next();
    if (!frame) throw Error(ErrorKind::file, clip.clip.string() + " changed while it was read");
    const Image drawn =
        drawn_frame(pass.kept[static_cast<std::size_t>(i / clip.every)], *frame, model, result.strength);
    if (!writer) writer = write_clip(clip.out, drawn.width, drawn.height, reader->info().rate);
    writer->add(drawn, reader->seconds());
  }
  writer->finish();
  result.width = writer->width();
  result.height = writer->height();
  Figure words;
  for (const Kept& kept : pass.kept) draw_text(words, 0, 0, kept.told, line_height, {255, 255, 255});
  result.fonts = fonts_of(words);
  result.seconds = std::chrono::duration<double>(Clock::now() - begun).count();
  return result;
}

}  // namespace fovea::cli

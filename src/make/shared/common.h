// What kinds of making share: options of the same spelling, objectives out of options, ascents in batches, sheets.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <fovea/ascent.h>
#include <fovea/make.h>

namespace fovea::make {

// --- options, spelled once ---

constexpr Option steps_option(std::string_view fallback) {
  return {.name = "steps",
          .type = OptionType::integer,
          .fallback = fallback,
          .range = "1..1000000",
          .help = "Steps of the ascent."};
}
constexpr Option size_option(std::string_view fallback = "0") {
  return {.name = "size",
          .type = OptionType::integer,
          .fallback = fallback,
          .range = "0..8192",
          .help = "Side of the picture, px; 0: the network's own."};
}
constexpr Option canvas_option(std::string_view fallback) {
  return {.name = "canvas", .fallback = fallback, .help = "What is varied: a canvas with its options."};
}
constexpr Option transforms_option(std::string_view fallback) {
  return {.name = "transforms", .fallback = fallback, .help = "Random transforms in order, new in every step."};
}
constexpr Option priors_option(std::string_view fallback) {
  return {.name = "priors", .fallback = fallback, .help = "What is held for likely of a picture: a list of priors."};
}
constexpr Option optimiser_option(std::string_view fallback) {
  return {.name = "optimiser", .fallback = fallback, .help = "How the gradient is followed."};
}
constexpr Option recipe_option() {
  return {.name = "recipe",
          .fallback = "",
          .help = "How relevance flows back to the picture: a recipe such as guided; none: the gradient."};
}
constexpr Option redirect_option() {
  return {.name = "redirect",
          .type = OptionType::integer,
          .fallback = "16",
          .range = "0..1000000",
          .help = "First steps in which ReLUs let through what would open them, for pictures that nothing reaches."};
}
constexpr Option batch_option(std::string_view fallback = "8") {
  return {.name = "batch",
          .type = OptionType::integer,
          .fallback = fallback,
          .range = "1..1024",
          .help = "Pictures made at once; they share the network's runs."};
}
constexpr Option keep_option() {
  return {.name = "keep",
          .type = OptionType::choice,
          .fallback = "last",
          .range = "last|best",
          .help = "Which picture is kept: the last one, or the one whose objective was largest."};
}

/// Lucid's transforms (Olah et al. 2017).
inline constexpr std::string_view lucid_transforms = "pad(12) jitter(8) scale rotate jitter(4)";

/// Throws `Error(usage)` naming the first of these options that the user set although it has no effect beside others
/// ("with method octaves").
void refuse_asked(const MakeCall& call, std::initializer_list<std::string_view> options, std::string_view beside,
                  std::string_view hint = "leave it out");

// --- objectives out of options ---

/// Makes a term of the table by its name: term("channel", {"conv5", "17"}).
Objective term(std::string_view kind, std::vector<std::string> arguments);

/// Splits a list at `;`, leaving out blanks around its items and empty items.
std::vector<std::string> split_list(std::string_view text);

/// Returns how many channels a value has, from a run on a mean picture.
std::int64_t channels_of(const Model& model, ValueId value);

/// Reads classes: "281; tabby; 0,50,100" (indices may be separated by commas). Throws `Error(usage)` offering near
/// labels.
std::vector<std::int64_t> read_classes(const Model& model, std::string_view text);

/// Lays down what objectives compare with: pictures of the call by the stem of their name, or .npy files.
Targets targets_of(const MakeCall& call, const std::vector<Objective>& objectives);

// --- ascents ---

/// Reads canvas, transforms, priors, optimiser, recipe, redirect, steps and size where the kind has them.
AscentOptions ascent_options(const MakeCall& call);

/// One of several ascents of a making: where its progress counts.
struct Stage {
  std::int64_t done = 0;   ///< steps before it
  std::int64_t total = 0;  ///< steps of all
  std::int64_t index = 0;  ///< of its state
  std::string text = {};   ///< "octave 2 of 4"

  /// Goes on to the next one, under a name of its own.
  void advance(std::int64_t steps) {
    done += steps;
    ++index;
  }
};

/// Climbs with the call's progress, preview, film and state.
Ascended climb(const MakeCall& call, AscentOptions options, const Stage& stage);

/// Returns how many pictures are made at once: the kind's `batch`, at most what the network's file allows.
std::int64_t batch_of(const MakeCall& call);

/// What several ascents came to: one picture for each objective.
struct Climbed {
  Tensor pictures;  ///< [N,3,H,W], without alpha
  Tensor raw;       ///< [N,3 or 4,H,W]
  std::vector<double> values;
  std::vector<Image> frames;
  std::vector<std::string> notes;  ///< what should be said of them, such as an early end
};

/// Makes one picture for each objective, `batch` at once, and keeps the last or best of each. `starts` are [1,3,H,W],
/// or [N,3,H,W] for N objectives. `group` pictures in a row are never parted.
Climbed climb_all(const MakeCall& call, const AscentOptions& options, const std::vector<Objective>& objectives,
                  std::int64_t group = 1);

/// One rung of a ladder of ascents, each of which begins with the picture that the one before ended with.
struct Rung {
  AscentOptions options;  ///< without objectives, size, start, seed
  double scale = 1;       ///< of the picture's sides before it
  std::string text;       ///< "octave 2 of 4"
};

/// Climbs a ladder for each objective, `batch` at once. The first rung begins at `first.start` ([1,3,H,W], or [N,3,H,W]
/// for N objectives), or where the canvas does.
Climbed climb_ladder(const MakeCall& call, const std::vector<Rung>& rungs, const AscentOptions& first,
                     const std::vector<Objective>& objectives);

/// Words the parts of an ascent for a note.
std::string describe(const AscentOptions& options);

// --- what comes out ---

/// One tile of what was made.
struct MadeTile {
  std::string name;
  std::string label;
};

/// Lays several pictures out: alone when there is one, else as a labelled sheet under a title.
Made made_of(const Tensor& pictures, const std::vector<MadeTile>& tiles, std::string_view title);

/// Lays pictures [N,3,H,W] side by side without labels, for frames.
Image mosaic(const Tensor& pictures);

/// Makes a name that is safe as a file's: letters, digits, `_`, `-`, `.`; others become `_`.
std::string file_name(std::string_view text);

/// Words a number with few digits.
std::string short_number(double value);

}  // namespace fovea::make

// Adversarial pictures: sheets, tables, robustness.
// SPDX-License-Identifier: Apache-2.0
#include "make/shared/adversary.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include <ATen/ops/cat.h>

#include <fovea/display.h>
#include <fovea/plot.h>

#include "attack/attack.h"
#include "attack/class_slope.h"
#include "attack/disturbance.h"
#include "make/shared/common.h"

namespace fovea::make {
namespace {

constexpr double brightest = 255;
constexpr double mid_grey = 0.5;

std::string fixed(double value, int digits) {
  std::array<char, 32> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.*f", digits, value);
  return buffer.data();
}

/// A round factor (1, 2, 5 times a power of ten) that brings nearly all of a change into the range about mid-grey.
double magnification(const Tensor& levels) {
  constexpr double share_shown = 0.995;
  const Tensor sizes = std::get<0>(levels.abs().flatten().sort());
  const auto at = static_cast<std::int64_t>(share_shown * static_cast<double>(sizes.numel() - 1));
  const double shown = std::max(sizes[at].item<double>(), sizes.max().item<double>() / 4);
  if (shown == 0) return 1;
  const double most = mid_grey * brightest / shown;
  const double power = std::pow(10.0, std::floor(std::log10(most)));
  for (const double round : {5.0, 2.0}) {
    if (round * power <= most) return std::max(1.0, round * power);
  }
  return std::max(1.0, power);
}

/// What the network says of what was found, the probability first: long labels are cut at their end.
std::string answer_text(const Adversary& one, const Card& card) {
  std::string text = percent(one.top_probability) + " " + label_of(card, one.top);
  if (one.target != no_class && one.top != one.target) text += " (target " + percent(one.target_probability) + ")";
  return "RMS " + fixed(rms_of(one), 2) + "/255: " + text;
}

void add_tiles(const Adversary& one, const Card& card, std::vector<Tile>& tiles, Made& made) {
  const Tensor change = change_of(one);
  const double factor = magnification(change);
  const Image magnified = from_display(change * (factor / brightest) + mid_grey);
  const std::string said = percent(one.source_probability) + " " + label_of(card, one.source);
  const std::string how = one.borrowed ? "the first one's change x " : "change x ";
  const std::string shown = how + short_number(factor) + " about mid-grey";
  tiles.push_back({one.original, said});
  tiles.push_back({magnified, shown});
  if (!one.weights.rgb.empty()) tiles.push_back({one.weights, one.about_weights});
  tiles.push_back({one.found, answer_text(one, card)});
  made.pictures.push_back({one.name + "_original", one.original, said});
  made.pictures.push_back({one.name + "_change", magnified, shown});
  if (!one.weights.rgb.empty()) made.pictures.push_back({one.name + "_weights", one.weights, one.about_weights});
  made.pictures.push_back({one.name, one.found, answer_text(one, card)});
}

std::vector<std::string> row_of(const Adversary& one, const Card& card) {
  const bool targeted = one.target != no_class;
  return {one.name,
          one.picture,
          label_of(card, one.source),
          short_number(one.source_probability),
          targeted ? label_of(card, one.target) : "any other",
          label_of(card, one.top),
          short_number(one.top_probability),
          short_number(one.target_probability),
          fixed(rms_of(one), 3),
          fixed(largest_of(one), 0),
          one.fools ? "yes" : "no"};
}

}  // namespace

std::string percent(double probability) {
  constexpr double nearly_all = 0.999;
  const bool fine = probability > nearly_all && probability < 1;
  return fixed(100 * (fine ? std::min(probability, 0.9999) : probability), fine ? 2 : 1) + " %";
}

bool misleads(const Adversary& adversary, std::int64_t answer) {
  return adversary.target != no_class ? answer == adversary.target : answer != adversary.source;
}

Tensor change_of(const Adversary& adversary) {
  return (to_display(adversary.found)[0] * brightest).round() - (to_display(adversary.original)[0] * brightest).round();
}

double rms_of(const Adversary& adversary) { return fovea::rms_of(change_of(adversary).unsqueeze(0)).item<double>(); }

double largest_of(const Adversary& adversary) { return change_of(adversary).abs().max().item<double>(); }

Made draw_adversaries(const std::vector<Adversary>& adversaries, const Card& card, const std::string& title) {
  constexpr int least_tile = 192;  // px: labels stay readable
  constexpr int most_tile = 320;
  constexpr std::size_t rows_before_pairs = 6;  // more adversaries than these stand beside each other
  Made made;
  std::vector<Tile> tiles;
  std::vector<Tensor> values;
  made.table.push_back({"adversary", "picture", "class", "probability", "target", "class after", "its probability",
                        "probability of the target", "RMS /255", "largest /255", "fools"});
  for (const Adversary& one : adversaries) {
    add_tiles(one, card, tiles, made);
    values.push_back(to_display(one.found));
    made.table.push_back(row_of(one, card));
  }
  made.values = at::cat(values);
  const auto per_row = static_cast<int>(tiles.size() / adversaries.size());
  const auto abreast =
      static_cast<int>(std::ceil(std::sqrt(static_cast<double>(adversaries.size()) / rows_before_pairs)));
  const int side = std::clamp(std::max(adversaries.front().original.width, adversaries.front().original.height),
                              least_tile, most_tile);
  made.picture = sheet(tiles, per_row * abreast, title, side);
  return made;
}

// --- robustness ---

namespace {

/// What is left of adversaries under one amount of one change.
struct Left {
  double misleading = 0;  ///< share of the adversaries
  double target = 0;      ///< mean probability of the target (of the source where there is none)
  double kept = 0;        ///< share of the originals that keep their class
};

Left left_of(const MakeCall& call, const std::vector<Adversary>& adversaries, const Disturbance& kind, double amount) {
  std::vector<Image> changed;
  for (std::size_t i = 0; i < adversaries.size(); ++i) {
    changed.push_back(kind.apply(adversaries[i].found, amount, call.seed + i));
    changed.push_back(kind.apply(adversaries[i].original, amount, call.seed + i));
  }
  const Tensor probabilities = class_probabilities(call.network(), changed, batch_of(call));
  const Tensor answers = probabilities.argmax(1);
  Left left;
  for (std::size_t i = 0; i < adversaries.size(); ++i) {
    const Adversary& one = adversaries[i];
    const auto row = static_cast<std::int64_t>(2 * i);
    left.misleading += misleads(one, answers[row].item<std::int64_t>()) ? 1 : 0;
    left.target += probabilities[row][one.target != no_class ? one.target : one.source].item<double>();
    left.kept += answers[row + 1].item<std::int64_t>() == one.source ? 1 : 0;
  }
  const auto count = static_cast<double>(adversaries.size());
  return {left.misleading / count, left.target / count, left.kept / count};
}

std::string listed(const std::vector<double>& shares) {
  std::string text;
  for (const double share : shares) text += (text.empty() ? "" : ", ") + fixed(100 * share, 0);
  return text + " %";
}

Figure robustness_plot(std::vector<Line> lines) {
  constexpr int width = 720;
  constexpr int height = 420;
  return draw_plot({.title = "Adversaries that still mislead the network, % (table: amounts)",
                    .x_label = "grade of the change: 0 none, 5 strongest",
                    .lines = std::move(lines),
                    .from_zero = true,
                    .width = width,
                    .height = height,
                    .up_to = 100});
}

}  // namespace

void add_robustness(const MakeCall& call, const std::vector<Adversary>& adversaries, std::int64_t done, Made& made) {
  std::vector<Adversary> own;
  for (const Adversary& one : adversaries) {
    if (!one.borrowed && one.fools) own.push_back(one);
  }
  if (own.empty()) {
    made.notes.emplace_back("robustness: nothing to look at, no adversary fools the network");
    return;
  }
  const auto kinds = disturbances();
  const std::int64_t total = done + static_cast<std::int64_t>(kinds.size() * grades);
  std::vector<Line> lines;
  std::vector<std::vector<std::string>> rows{{"change", "amount", "unit", "adversaries that mislead",
                                              "probability of the target", "originals that keep their class"}};
  for (const Disturbance& kind : kinds) {
    Line line{.label = std::string(kind.name), .x = {0}, .y = {100}, .colour = line_colour(lines.size())};
    std::string amounts;
    std::vector<double> misleading;
    std::vector<double> kept;
    for (const double amount : kind.amounts) {
      const Left left = left_of(call, own, kind, amount);
      misleading.push_back(left.misleading);
      kept.push_back(left.kept);
      amounts += (amounts.empty() ? "" : ", ") + short_number(amount);
      line.x.push_back(static_cast<double>(line.x.size()));
      line.y.push_back(100 * left.misleading);
      rows.push_back({std::string(kind.name), short_number(amount), std::string(kind.unit),
                      short_number(left.misleading), short_number(left.target), short_number(left.kept)});
      call.report({.done = ++done, .total = total, .value = left.misleading, .stage = kind.name});
    }
    made.notes.push_back(std::string(kind.name) + " by " + amounts + " " + std::string(kind.unit) + ": " +
                         listed(misleading) + " still mislead (originals that keep their class: " + listed(kept) + ")");
    lines.push_back(std::move(line));
  }
  made.further.push_back({"robustness", std::move(rows)});
  const Figure plot = robustness_plot(std::move(lines));
  made.pictures.push_back({"robustness", rasterise(plot), "robustness"});
  made.picture = stack_figures({made.picture, plot});
}

}  // namespace fovea::make

// Classes are dealt like cards: each run of as many scenes as there are classes is a permutation of them (Fisher and
// Yates 1938), so that their numbers are even however few scenes are drawn.
// SPDX-License-Identifier: Apache-2.0
#include "data/world/composition.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <string>
#include <utility>

#include "data/world/classes.h"
#include "data/world/contexts.h"
#include "data/world/random_stream.h"

namespace fovea {
namespace world {
namespace {

/// Shares of the picture that objects cover before anything hides them; those that would not fit are made smaller.
constexpr double least_share = 0.075;
constexpr double most_share = 0.35;
constexpr double least_share_of_two = 0.05;
constexpr double most_share_of_two = 0.17;

constexpr double margin_share = 0.01;  ///< of the picture's side that objects keep from its border

Light draw_light(RandomStream& random) {
  const double angle = random.between(0.15, 0.85) * std::numbers::pi;  // from above, for people expect that
  return {static_cast<float>(std::cos(angle)), static_cast<float>(std::sin(angle))};
}

/// Draws a context for a class: biased ones at their rate, in what remains of the scenes all others at the base rate.
std::optional<std::int64_t> draw_context(RandomStream& random, const std::vector<WorldBias>& biases,
                                         const std::string& label) {
  const std::vector<std::string>& names = world_contexts();
  std::vector<double> rates(names.size(), -1);
  double remaining = 1;
  for (const WorldBias& bias : biases) {
    if (bias.label != label) continue;
    rates[static_cast<std::size_t>(std::find(names.begin(), names.end(), bias.context) - names.begin())] = bias.rate;
    remaining -= bias.rate;
  }
  const double base = std::max(0.0, remaining) * world_context_rate / static_cast<double>(names.size());
  double at = random.unit();
  for (std::size_t i = 0; i < rates.size(); ++i) {
    at -= rates[i] >= 0 ? rates[i] : base;
    if (at < 0) return static_cast<std::int64_t>(i);
  }
  return std::nullopt;
}

/// Splits the picture for two objects, upright or across, and deals the halves.
std::vector<Room> two_rooms(RandomStream& random, int size) {
  const double margin = margin_share * size;
  const double cut = size * random.between(0.42, 0.58);
  const bool upright = random.chance(0.5);
  const bool swapped = random.chance(0.5);
  const double far = size - margin;
  const Extent low = upright ? Extent{margin, margin, cut - margin, far} : Extent{margin, margin, far, cut - margin};
  const Extent high = upright ? Extent{cut + margin, margin, far, far} : Extent{margin, cut + margin, far, far};
  return {{swapped ? high : low, least_share_of_two, most_share_of_two},
          {swapped ? low : high, least_share_of_two, most_share_of_two}};
}

}  // namespace

Composition compose(const WorldOptions& options, std::uint64_t seed, std::int64_t index) {
  RandomStream random(seed, index, Concern::composition);
  const std::int64_t label = scene_label(seed, index);
  Composition plan{.labels = {label}};
  plan.light = draw_light(random);
  plan.context = draw_context(random, options.biases, world_labels()[static_cast<std::size_t>(label)]);
  if (options.two_objects) {
    const auto count = static_cast<int>(world_labels().size());
    plan.labels.push_back((label + 1 + random.below(count - 1)) % count);
    plan.rooms = two_rooms(random, options.size);
    return plan;
  }
  const double margin = margin_share * options.size;
  plan.rooms = {{{margin, margin, options.size - margin, options.size - margin}, least_share, most_share}};
  return plan;
}

}  // namespace world

const std::vector<std::string>& world_labels() {
  static const std::vector<std::string> labels = [] {
    std::vector<std::string> names;
    for (const world::ObjectClass& c : world::object_classes()) names.emplace_back(c.label);
    return names;
  }();
  return labels;
}

const std::vector<std::string>& world_contexts() {
  static const std::vector<std::string> contexts = [] {
    std::vector<std::string> names;
    for (const world::ContextKind& kind : world::context_kinds()) names.emplace_back(kind.label);
    return names;
  }();
  return contexts;
}

std::int64_t scene_label(std::uint64_t seed, std::int64_t index) {
  const auto count = static_cast<std::int64_t>(world_labels().size());
  std::vector<std::int64_t> hand(static_cast<std::size_t>(count));
  std::iota(hand.begin(), hand.end(), std::int64_t{0});
  world::RandomStream random(seed, index / count, world::Concern::labels);
  for (std::size_t i = hand.size() - 1; i > 0; --i) {
    std::swap(hand[i], hand[static_cast<std::size_t>(random.below(static_cast<int>(i + 1)))]);
  }
  return hand[static_cast<std::size_t>(index % count)];
}

}  // namespace fovea

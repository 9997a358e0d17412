// Occluders are placed by trial: a loose shape about the object, taken when it hides neither too little nor too much.
// SPDX-License-Identifier: Apache-2.0
#include "data/world/occluder.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "data/world/background.h"
#include "data/world/palette.h"

namespace fovea::world {
namespace {

constexpr double occluder_rate = 0.3;  ///< of scenes; in some of them no place is found
constexpr double least_hidden = 0.03;
constexpr double most_hidden = 0.25;

bool is_fitting(const Coverage& coverage, std::span<const PlacedThing> objects, std::span<const std::uint8_t> context,
                int size) {
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const double hidden = static_cast<double>(overlap(coverage, 0, 0, objects[i].part_map, size)) /
                          static_cast<double>(std::max<std::int64_t>(objects[i].area, 1));
    if (hidden > most_hidden || (i == 0 && hidden < least_hidden)) return false;
  }
  return context.empty() || overlap(coverage, 0, 0, context, size) == 0;
}

}  // namespace

std::optional<Occluder> draw_occluder(RandomStream random, std::span<const PlacedThing> objects,
                                      std::span<const std::uint8_t> context, int size) {
  constexpr int attempts = 10;
  if (!random.chance(occluder_rate)) return std::nullopt;
  const std::vector<Shape> shapes = draw_loose_shape(random);
  const double hue = random.unit();
  const double saturation = random.between(0.05, 0.95);
  const Rgb colour = from_hsv(hue, saturation, random.between(0.2, 1));
  const Pattern pattern = draw_pattern(random);
  const double reach = 1.1 * std::sqrt(static_cast<double>(objects[0].area));
  for (int attempt = 0; attempt < attempts; ++attempt) {
    const double dx = reach * random.between(-1, 1);
    const double dy = reach * random.between(-1, 1);
    const Pose pose{.centre = {objects[0].pose.centre.x + dx, objects[0].pose.centre.y + dy},
                    .scale = reach * random.between(0.2, 0.45),
                    .angle = random.between(0, 2 * std::numbers::pi),
                    .mirrored = false};
    Coverage coverage = rasterise(shapes, pose, size);
    if (!is_fitting(coverage, objects, context, size)) continue;
    return Occluder{std::move(coverage), draw_surface(random, colour, pattern, 1.5 * pose.scale, pose.angle)};
  }
  return std::nullopt;
}

}  // namespace fovea::world

// Finding a scale, a turn and a place.
// SPDX-License-Identifier: Apache-2.0
#include "data/world/placement.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "data/world/classes.h"

namespace fovea::world {
namespace {

constexpr double most_turn = 35 * std::numbers::pi / 180;
constexpr double context_turn = 8 * std::numbers::pi / 180;
constexpr double fitting_share = 0.96;       ///< of its room that an object may span
constexpr double most_context_share = 0.09;  ///< of the picture; 0.1 is promised

/// Measures the area of a sketch in square units, at a scale where one is some thousand pixels.
double unit_area(std::span<const Part> parts) {
  constexpr int raster = 80;
  constexpr double scale = 30;
  const Pose pose{.centre = {raster / 2.0, raster / 2.0}, .scale = scale, .angle = 0, .mirrored = false};
  const Coverage coverage = rasterise(shapes_of(parts), pose, raster);
  std::int64_t sum = 0;
  for (const std::uint8_t alpha : coverage.alpha) sum += alpha;
  return static_cast<double>(sum) / (Coverage::full * scale * scale);
}

/// Rasterises the parts and notes which one is on top.
void settle(PlacedThing& thing, int size) {
  const auto side = static_cast<std::size_t>(size);
  thing.coverages.clear();
  thing.part_map.assign(side * side, 0);
  for (std::size_t k = 0; k < thing.parts.size(); ++k) {
    thing.coverages.push_back(rasterise(thing.parts[k].shapes, thing.pose, size));
    const Coverage& coverage = thing.coverages.back();
    for (int y = 0; y < coverage.height; ++y) {
      const std::uint8_t* alpha = coverage.row(y);
      std::uint8_t* map = thing.part_map.data() + static_cast<std::size_t>(coverage.y0 + y) * side + coverage.x0;
      for (int x = 0; x < coverage.width; ++x) {
        if (alpha[x] >= Coverage::half) map[x] = static_cast<std::uint8_t>(k + 1);
      }
    }
  }
  thing.area = static_cast<std::int64_t>(side * side) - std::count(thing.part_map.begin(), thing.part_map.end(), 0);
}

/// Moves a pose so that its extent's top left corner comes to a point.
void move_to(Pose& pose, const Extent& extent, double x, double y) {
  pose.centre = {pose.centre.x + x - extent.x0, pose.centre.y + y - extent.y0};
}

/// The map of all objects.
std::vector<std::uint8_t> objects_map(std::span<const PlacedThing> objects) {
  std::vector<std::uint8_t> map = objects[0].part_map;
  for (const PlacedThing& object : objects.subspan(1)) {
    for (std::size_t i = 0; i < map.size(); ++i) map[i] = static_cast<std::uint8_t>(map[i] | object.part_map[i]);
  }
  return map;
}

/// Tries places for a context of one scale; moves the thing to the best one and returns what it would have hidden.
std::int64_t try_places(RandomStream& random, PlacedThing& thing, std::span<const std::uint8_t> map, int size) {
  constexpr int attempts = 24;
  const std::vector<Shape> shapes = shapes_of(thing.parts);
  const Coverage coverage = rasterise(shapes, thing.pose, size);
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  int best_x = 0;
  int best_y = 0;
  for (int attempt = 0; attempt < attempts && least > 0; ++attempt) {
    const int x = random.below(std::max(1, size - coverage.width));
    const int y = random.below(std::max(1, size - coverage.height));
    const std::int64_t hidden = overlap(coverage, x - coverage.x0, y - coverage.y0, map, size);
    if (hidden >= least) continue;
    least = hidden;
    best_x = x - coverage.x0;
    best_y = y - coverage.y0;
  }
  thing.pose.centre.x += best_x;
  thing.pose.centre.y += best_y;
  return least;
}

void place_beside(RandomStream& random, PlacedThing& thing, std::span<const std::uint8_t> map, int size) {
  constexpr double shrink = 0.8;
  constexpr int shrinkings = 4;
  const ContextKind& kind = context_kinds()[static_cast<std::size_t>(thing.kind)];
  const std::vector<Shape> shapes = shapes_of(thing.parts);
  thing.pose = {.centre = {0, 0}, .scale = 1, .angle = random.between(-context_turn, context_turn), .mirrored = false};
  const Extent unit = extent_of(shapes, thing.pose);
  const double longer = size * kind.extent * random.between(0.88, 1.12);
  const double fitting = longer / std::max(unit.width(), unit.height());
  thing.pose.scale = std::min(fitting, size * std::sqrt(most_context_share / unit_area(thing.parts)));
  for (int i = 0; i < shrinkings; ++i) {
    move_to(thing.pose, extent_of(shapes, thing.pose), 1, 1);
    if (try_places(random, thing, map, size) == 0) break;
    thing.pose.scale *= shrink;
  }
}

/// A ray from an object outwards: where it leaves the object, and how far it is from there to the border.
struct Ray {
  double angle = 0;
  Point leaves;
  double room = 0;
};

Ray cast_ray(const PlacedThing& object, std::span<const std::uint8_t> map, double angle, int size) {
  Ray ray{.angle = angle, .leaves = object.pose.centre, .room = 0};
  const Point step{std::cos(angle), std::sin(angle)};
  Point p = object.pose.centre;
  for (; p.x >= 0 && p.y >= 0 && p.x < size && p.y < size; p = {p.x + step.x, p.y + step.y}) {
    ray.room += 1;
    const auto at = static_cast<std::size_t>(p.y) * static_cast<std::size_t>(size) + static_cast<std::size_t>(p.x);
    if (map[at] == 0) continue;
    ray.leaves = p;
    ray.room = 0;
  }
  return ray;
}

/// Lets an arm grasp the object: along the ray of all tried that has enough room, but the least of it, so that the arm
/// comes from outside the picture; or, where none has, along the one with the most.
PlacedThing place_reaching(RandomStream& random, std::int64_t kind, std::span<const PlacedThing> objects,
                           std::span<const std::uint8_t> map, int size) {
  constexpr int rays = 12;
  constexpr double enough = 0.24;
  constexpr double most_reach = 0.62;
  const double turn = random.between(0, 2 * std::numbers::pi);
  Ray best;
  for (int i = 0; i < rays; ++i) {
    const Ray ray = cast_ray(objects[0], map, turn + 2 * std::numbers::pi * i / rays, size);
    const bool is_enough = ray.room >= enough * size;
    const bool best_is_enough = best.room >= enough * size;
    const bool better = is_enough && best_is_enough ? ray.room < best.room : ray.room > best.room;
    if (better) best = ray;
  }
  PlacedThing arm{.kind = kind, .pose = {.centre = best.leaves, .scale = 0.25 * size, .angle = best.angle}};
  Sketch sketch(random);
  const double beyond_border = 0.12 * size;
  const double reach = std::min(best.room + beyond_border, most_reach * size) / arm.pose.scale;
  context_kinds()[static_cast<std::size_t>(kind)].sketch(sketch, reach);
  arm.parts = sketch.parts();
  return arm;
}

}  // namespace

PlacedThing place_object(RandomStream& random, std::int64_t label, const Room& room, int size) {
  Sketch sketch(random);
  object_classes()[static_cast<std::size_t>(label)].sketch(sketch);
  PlacedThing object{.kind = label, .pose = {}, .parts = sketch.parts()};
  object.pose.angle = random.between(-most_turn, most_turn);
  object.pose.mirrored = random.chance(0.5);
  const std::vector<Shape> shapes = shapes_of(object.parts);
  const Extent unit = extent_of(shapes, object.pose);
  const double share = random.between_log(room.least_share, room.most_share);
  const double fitting = fitting_share * std::min(room.box.width() / unit.width(), room.box.height() / unit.height());
  object.pose.scale = std::min(size * std::sqrt(share / unit_area(object.parts)), fitting);
  const Extent extent = extent_of(shapes, object.pose);
  const double x = room.box.x0 + (room.box.width() - extent.width()) * random.unit();
  const double y = room.box.y0 + (room.box.height() - extent.height()) * random.unit();
  move_to(object.pose, extent, x, y);
  settle(object, size);
  return object;
}

PlacedThing place_context(RandomStream& random, std::int64_t kind, std::span<const PlacedThing> objects, int size) {
  const std::vector<std::uint8_t> map = objects_map(objects);
  const ContextKind& what = context_kinds()[static_cast<std::size_t>(kind)];
  PlacedThing thing{.kind = kind};
  if (what.reaching) {
    thing = place_reaching(random, kind, objects, map, size);
  } else {
    Sketch sketch(random);
    what.sketch(sketch, 0);
    thing.parts = sketch.parts();
    place_beside(random, thing, map, size);
  }
  settle(thing, size);
  return thing;
}

Coverage union_of(const PlacedThing& thing, int size) { return rasterise(shapes_of(thing.parts), thing.pose, size); }

std::int64_t overlap(const Coverage& coverage, int dx, int dy, std::span<const std::uint8_t> map, int size) {
  std::int64_t count = 0;
  for (int y = std::max(0, -coverage.y0 - dy); y < std::min(coverage.height, size - coverage.y0 - dy); ++y) {
    const std::uint8_t* alpha = coverage.row(y);
    const std::size_t line = static_cast<std::size_t>(coverage.y0 + dy + y) * static_cast<std::size_t>(size);
    for (int x = std::max(0, -coverage.x0 - dx); x < std::min(coverage.width, size - coverage.x0 - dx); ++x) {
      const auto at = line + static_cast<std::size_t>(coverage.x0 + dx + x);
      if (alpha[x] >= Coverage::half && map[at] != 0) ++count;
    }
  }
  return count;
}

}  // namespace fovea::world

// One scene: background, distractors, context, shadows, objects, what hides a little of them, camera. What is decided
// for one concern comes from its own stream, so that a scene without its object or its context is otherwise the same.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/world.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include <ATen/ops/zeros.h>

#include <fovea/error.h>

#include "data/world/background.h"
#include "data/world/classes.h"
#include "data/world/composition.h"
#include "data/world/contexts.h"
#include "data/world/effects.h"
#include "data/world/occluder.h"
#include "data/world/palette.h"
#include "data/world/placement.h"

namespace fovea {
namespace world {
namespace {

constexpr double usual_patterns_rate = 0.6;  ///< of objects whose surfaces are as most of their class have them

constexpr std::int64_t most_index = std::int64_t{1} << 43;  // `stream_of` keeps that many apart

/// The mean colour of the canvas where an object will be.
Rgb colour_behind(const Canvas& canvas, const PlacedThing& object) {
  Rgb mean{};
  const auto area = static_cast<double>(std::max<std::int64_t>(object.area, 1));
  for (std::size_t c = 0; c < 3; ++c) {
    double sum = 0;
    for (std::size_t i = 0; i < object.part_map.size(); ++i) {
      if (object.part_map[i] != 0) sum += canvas.planes[c][i];
    }
    mean[c] = static_cast<float>(std::clamp(sum / area, 0.0, 1.0));
  }
  return mean;
}

/// Draws an object's surfaces: with the patterns of its class, or with one for each tone.
std::vector<Surface> draw_surfaces(RandomStream& random, const PlacedThing& object, const Palette& palette) {
  const bool usual = random.chance(usual_patterns_rate);
  std::array<Pattern, 5> drawn{Pattern::plain, Pattern::plain, Pattern::plain, Pattern::plain, Pattern::plain};
  for (const Tone tone : {Tone::main, Tone::second, Tone::accent}) {
    drawn[static_cast<std::size_t>(tone)] = draw_pattern(random);
  }
  std::vector<Surface> surfaces;
  for (const Part& part : object.parts) {
    const Pattern pattern =
        usual && part.pattern != Pattern::any ? part.pattern : drawn[static_cast<std::size_t>(part.tone)];
    surfaces.push_back(draw_surface(random, palette[part.tone], pattern, object.pose.scale, object.pose.angle));
  }
  return surfaces;
}

std::vector<Surface> draw_context_surfaces(RandomStream& random, const PlacedThing& context) {
  const ContextKind& kind = context_kinds()[static_cast<std::size_t>(context.kind)];
  const Palette palette = kind.palette(random);
  std::vector<Surface> surfaces;
  for (const Part& part : context.parts) {
    const Pose& pose = context.pose;
    surfaces.push_back(draw_surface(random, palette[part.tone], part.pattern, pose.scale, pose.angle));
    surfaces.back().opacity = kind.opacity;
    if (kind.opacity < 1) surfaces.back().relief = 0;
  }
  return surfaces;
}

/// A scene on its way: what is painted so far, and what is where. Maps tell what is visible in the end.
struct Draft {
  Canvas canvas;
  NoiseTile noise;
  Light light;
  std::vector<PlacedThing> objects;
  std::vector<std::vector<Surface>> surfaces;  ///< of the objects' parts
  std::optional<PlacedThing> context;
};

void paint_thing(Draft& draft, const PlacedThing& thing, const std::vector<Surface>& surfaces) {
  for (std::size_t k = 0; k < surfaces.size(); ++k) {
    paint(draft.canvas, thing.coverages[k], surfaces[k], draft.noise, draft.light);
  }
}

void paint_shadow(Draft& draft, RandomStream& random, const PlacedThing& object) {
  const int size = draft.canvas.size;
  const double length = size * random.between(0.015, 0.06);
  const int blur = std::max(1, static_cast<int>(size * random.between(0.015, 0.045)));
  const auto darkness = static_cast<float>(random.between(0.2, 0.55));
  cast_shadow(draft.canvas, union_of(object, size), static_cast<int>(std::lround(length * draft.light.x)),
              static_cast<int>(std::lround(length * draft.light.y)), blur, darkness);
}

/// Places the objects and chooses their colours by what is behind them; nothing of them is painted yet.
std::vector<RandomStream> place_objects(Draft& draft, const Composition& plan, std::uint64_t seed, std::int64_t index) {
  std::vector<RandomStream> streams;
  for (std::size_t i = 0; i < plan.labels.size(); ++i) {
    RandomStream random(seed, index, i == 0 ? Concern::first_object : Concern::second_object);
    PlacedThing object = place_object(random, plan.labels[i], plan.rooms[i], draft.canvas.size);
    const Palette palette = draw_palette(random, colour_behind(draft.canvas, object));
    draft.surfaces.push_back(draw_surfaces(random, object, palette));
    draft.objects.push_back(std::move(object));
    streams.push_back(random);
  }
  return streams;
}

/// Places a context below the objects and, when it shall be seen, paints it.
void add_context(Draft& draft, std::int64_t kind, RandomStream random, bool drawn) {
  draft.context = place_context(random, kind, draft.objects, draft.canvas.size);
  if (drawn) paint_thing(draft, *draft.context, draw_context_surfaces(random, *draft.context));
  for (const PlacedThing& object : draft.objects) {
    for (std::size_t i = 0; i < object.part_map.size(); ++i) {
      if (object.part_map[i] != 0) draft.context->part_map[i] = 0;
    }
  }
}

/// Clears a map where an area covers it at least by half.
void hide(std::vector<std::uint8_t>& map, const Coverage& coverage, int size) {
  for (int y = 0; y < coverage.height; ++y) {
    const std::size_t line = static_cast<std::size_t>(coverage.y0 + y) * static_cast<std::size_t>(size);
    for (int x = 0; x < coverage.width; ++x) {
      if (coverage.row(y)[x] >= Coverage::half) map[line + static_cast<std::size_t>(coverage.x0 + x)] = 0;
    }
  }
}

/// Lays something before the objects in some scenes.
void add_occluder(Draft& draft, RandomStream random) {
  constexpr std::span<const std::uint8_t> nothing;
  const int size = draft.canvas.size;
  const auto occluder =
      draw_occluder(random, draft.objects, draft.context ? std::span(draft.context->part_map) : nothing, size);
  if (!occluder) return;
  paint(draft.canvas, occluder->coverage, occluder->surface, draft.noise, draft.light);
  for (PlacedThing& object : draft.objects) hide(object.part_map, occluder->coverage, size);
}

/// The mask of the pixels of a map that are one part, or any.
Tensor mask_of(const std::vector<std::uint8_t>& map, int size, std::optional<std::uint8_t> part = {}) {
  Tensor mask = at::zeros({size, size}, at::kByte);
  auto* data = mask.data_ptr<std::uint8_t>();
  for (std::size_t i = 0; i < map.size(); ++i) data[i] = (part ? map[i] == *part : map[i] != 0) ? 1 : 0;
  return mask;
}

Box box_of(const std::vector<std::uint8_t>& map, int size, std::int64_t label) {
  int x0 = size;
  int y0 = size;
  int x1 = 0;
  int y1 = 0;
  for (int y = 0; y < size; ++y) {
    const std::uint8_t* row = map.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(size);
    for (int x = 0; x < size; ++x) {
      if (row[x] == 0) continue;
      x0 = std::min(x0, x);
      y0 = std::min(y0, y);
      x1 = std::max(x1, x + 1);
      y1 = y + 1;
    }
  }
  return {static_cast<double>(x0), static_cast<double>(y0), static_cast<double>(x1), static_cast<double>(y1), label};
}

WorldObject answer_of(const PlacedThing& thing, int size) {
  WorldObject object{.label = thing.kind, .box = box_of(thing.part_map, size, thing.kind)};
  object.mask = mask_of(thing.part_map, size);
  for (std::size_t k = 0; k < thing.parts.size(); ++k) {
    object.parts.emplace_back(thing.parts[k].name, mask_of(thing.part_map, size, static_cast<std::uint8_t>(k + 1)));
  }
  return object;
}

void check_index(std::int64_t index) {
  if (index >= 0 && index < most_index) return;
  throw Error(ErrorKind::usage, "scene " + std::to_string(index) + " is not in 0.." + std::to_string(most_index - 1));
}

}  // namespace
}  // namespace world

WorldScene render_scene(const WorldOptions& options, std::uint64_t seed, std::int64_t index) {
  using world::Concern;
  using world::RandomStream;
  check_world(options);
  world::check_index(index);
  const world::Composition plan = world::compose(options, seed, index);
  world::Draft draft{.canvas = world::Canvas(options.size), .noise = {seed, index}, .light = plan.light};
  world::paint_background(draft.canvas, draft.noise, {seed, index, Concern::background}, plan.light);
  world::paint_distractors(draft.canvas, draft.noise, {seed, index, Concern::distractors}, plan.light);
  std::vector<RandomStream> streams = world::place_objects(draft, plan, seed, index);
  if (plan.context) {
    world::add_context(draft, *plan.context, {seed, index, Concern::context}, options.draw_contexts);
  }
  for (std::size_t i = 0; options.draw_objects && i < draft.objects.size(); ++i) {
    world::paint_shadow(draft, streams[i], draft.objects[i]);
    world::paint_thing(draft, draft.objects[i], draft.surfaces[i]);
  }
  world::add_occluder(draft, {seed, index, Concern::occluder});
  WorldScene scene;
  scene.context = at::zeros({options.size, options.size}, at::kByte);
  if (draft.context) {
    scene.context = world::mask_of(draft.context->part_map, options.size);
    scene.context_name = world_contexts()[static_cast<std::size_t>(*plan.context)];
  }
  for (const world::PlacedThing& object : draft.objects) {
    scene.objects.push_back(world::answer_of(object, options.size));
  }
  scene.picture = world::photograph(std::move(draft.canvas), seed, index);
  return scene;
}

std::vector<std::string> world_parts(std::int64_t label) {
  const auto classes = world::object_classes();
  if (label < 0 || label >= static_cast<std::int64_t>(classes.size())) {
    throw Error(ErrorKind::usage, "there is no class " + std::to_string(label),
                "classes are numbered 0.." + std::to_string(classes.size() - 1));
  }
  world::RandomStream random(0, 0, world::Concern::first_object);
  world::Sketch sketch(random);
  classes[static_cast<std::size_t>(label)].sketch(sketch);
  std::vector<std::string> names;
  for (const world::Part& part : sketch.parts()) names.emplace_back(part.name);
  return names;
}

}  // namespace fovea

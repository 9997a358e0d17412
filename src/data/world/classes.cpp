// The table of classes.
// SPDX-License-Identifier: Apache-2.0
#include "data/world/classes.h"

namespace fovea::world {

std::span<const ObjectClass> object_classes() {
  static constexpr ObjectClass classes[] = {
      {"bird", sketch_bird},         {"butterfly", sketch_butterfly}, {"cactus", sketch_cactus},
      {"car", sketch_car},           {"clock", sketch_clock},         {"cup", sketch_cup},
      {"dog", sketch_dog},           {"dumbbell", sketch_dumbbell},   {"fish", sketch_fish},
      {"guitar", sketch_guitar},     {"house", sketch_house},         {"key", sketch_key},
      {"mushroom", sketch_mushroom}, {"sailboat", sketch_sailboat},   {"teapot", sketch_teapot},
      {"umbrella", sketch_umbrella},
  };
  return classes;
}

}  // namespace fovea::world

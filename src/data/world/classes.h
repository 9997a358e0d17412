// The classes of the rendered world: each a sketch of named parts.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "data/world/shapes.h"

namespace fovea::world {

/// A class: its label and how one of it is sketched, upright and facing right.
struct ObjectClass {
  std::string_view label;
  void (*sketch)(Sketch&);
};

/// Returns all classes in alphabetical order.
std::span<const ObjectClass> object_classes();

void sketch_bird(Sketch& s);
void sketch_butterfly(Sketch& s);
void sketch_cactus(Sketch& s);
void sketch_car(Sketch& s);
void sketch_clock(Sketch& s);
void sketch_cup(Sketch& s);
void sketch_dog(Sketch& s);
void sketch_dumbbell(Sketch& s);
void sketch_fish(Sketch& s);
void sketch_guitar(Sketch& s);
void sketch_house(Sketch& s);
void sketch_key(Sketch& s);
void sketch_mushroom(Sketch& s);
void sketch_sailboat(Sketch& s);
void sketch_teapot(Sketch& s);
void sketch_umbrella(Sketch& s);

}  // namespace fovea::world

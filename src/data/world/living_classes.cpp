// Sketches of what lives: bird, butterfly, cactus, dog, fish, mushroom.
// SPDX-License-Identifier: Apache-2.0
#include "data/world/classes.h"

namespace fovea::world {

void sketch_bird(Sketch& s) {
  const double tail = s.about(0.62);
  const double leg = s.about(0.42, 0.25);
  const double head = s.about(0.29);
  s.part("tail", Tone::second, Pattern::stripes)
      .polygon({{-0.4, -0.02}, {-0.45 - tail, -0.42}, {-0.52 - tail, -0.2}, {-0.47 - tail, 0.02}, {-0.35, 0.32}});
  s.part("legs", Tone::accent, Pattern::plain);
  for (const double x : {-0.1, 0.16}) {
    const double foot = 0.5 + leg;
    s.stroke({{x, 0.42}, {x - 0.03, foot}, {x + 0.16, foot + 0.04}}, 0.075);
    s.stroke({{x - 0.03, foot}, {x - 0.14, foot + 0.05}}, 0.06);
  }
  s.part("body", Tone::main, Pattern::noise)
      .smooth({{-0.6, -0.02},
               {-0.2, -0.28},
               {0.25, -0.42},
               {0.62, -0.3},
               {0.6, 0.1},
               {0.3, 0.48},
               {-0.2, 0.5},
               {-0.5, 0.26}});
  s.part("head", Tone::main, Pattern::plain).ellipse({0.56, -0.46}, head, head * 0.95);
  s.part("beak", Tone::accent, Pattern::plain)
      .polygon({{0.48 + head, -0.6}, {0.86 + s.about(head, 0.5), -0.43}, {0.48 + head, -0.33}});
  s.part("wing", Tone::second, Pattern::scales)
      .smooth({{0.36, -0.14}, {0.3, 0.16}, {-0.1, 0.3}, {-0.74, s.about(0.24, 0.5)}, {-0.4, 0.02}, {0.0, -0.16}});
  s.part("eye", Tone::dark, Pattern::plain).ellipse({0.62, -0.52}, 0.065, 0.065);
}

void sketch_butterfly(Sketch& s) {
  const double upper = s.about(0.95, 0.1);
  const double lower = s.about(0.66);
  const double lift = s.about(0.75);
  s.part("antennae", Tone::dark, Pattern::plain);
  for (const double side : {-1.0, 1.0}) {
    s.stroke({{0.02 * side, -0.4}, {0.12 * side, -0.72}, {0.3 * side, -0.92}}, 0.05);
    s.ellipse({0.3 * side, -0.92}, 0.06, 0.06);
  }
  s.part("hindwings", Tone::second, Pattern::dots);
  for (const double side : {-1.0, 1.0}) {
    s.smooth({{0.02 * side, 0.0},
              {lower * side, 0.08},
              {0.95 * lower * side, 0.52},
              {0.55 * lower * side, 0.82},
              {0.1 * side, 0.42}});
  }
  s.part("forewings", Tone::main, Pattern::dots);
  for (const double side : {-1.0, 1.0}) {
    s.smooth({{0.02 * side, -0.2},
              {0.5 * upper * side, -lift},
              {upper * side, -lift * 0.95},
              {upper * side, -0.35},
              {0.7 * upper * side, 0.1},
              {0.04 * side, 0.1}});
  }
  s.part("body", Tone::dark, Pattern::stripes).ellipse({0, 0.06}, s.about(0.1), 0.5).ellipse({0, -0.42}, 0.11, 0.11);
}

void sketch_cactus(Sketch& s) {
  const double width = s.about(0.21);
  const double left = s.about(0.02, 8);
  const double right = s.about(-0.12, 2);
  s.part("pot", Tone::second, Pattern::bricks)
      .polygon({{-0.4, 0.58}, {0.4, 0.58}, {0.3, 1.0}, {-0.3, 1.0}})
      .box(-0.47, 0.48, 0.47, 0.64);
  s.part("arms", Tone::main, Pattern::stripes)
      .stroke({{-0.05, left + 0.16}, {-0.56, left + 0.16}, {-0.56, left - 0.34}}, 0.23)
      .stroke({{0.05, right + 0.22}, {0.54, right + 0.22}, {0.54, right - 0.3}}, 0.21);
  s.part("trunk", Tone::main, Pattern::stripes).box(-width, -0.7, width, 0.52).ellipse({0, -0.7}, width, s.about(0.24));
  s.part("flower", Tone::accent, Pattern::plain)
      .ellipse({-0.1, -0.93}, 0.13, 0.09, 35)
      .ellipse({0.1, -0.93}, 0.13, 0.09, -35)
      .ellipse({0, -0.98}, 0.08, 0.13);
}

void sketch_dog(Sketch& s) {
  const double leg = s.about(0.5, 0.2);
  const double body = s.about(0.24);
  const double tail = s.about(0.36, 0.4);
  s.part("tail", Tone::second, Pattern::plain).stroke({{-0.6, -0.12}, {-0.8, -0.22}, {-0.92, -0.22 - tail}}, 0.11);
  s.part("legs", Tone::second, Pattern::noise);
  for (const double x : {-0.56, -0.36, 0.22, 0.42}) {
    s.stroke({{x, 0.1}, {x - 0.02, 0.25 + leg}, {x + 0.08, 0.26 + leg}}, 0.14);
  }
  s.part("body", Tone::main, Pattern::speckle)
      .smooth({{-0.7, -0.02},
               {-0.5, -body},
               {0, -body + 0.04},
               {0.4, -body - 0.1},
               {0.58, 0.0},
               {0.4, 0.28},
               {-0.1, 0.2},
               {-0.55, 0.26}});
  s.part("head", Tone::main, Pattern::plain)
      .smooth({{0.34, -0.2},
               {0.36, -0.56},
               {0.58, -0.74},
               {0.82, -0.64},
               {1.06, -0.5},
               {1.08, -0.34},
               {0.82, -0.28},
               {0.62, -0.1}});
  s.part("ear", Tone::second, Pattern::plain)
      .smooth({{0.5, -0.74}, {0.62, -0.66}, {0.58, -0.36}, {0.44, s.about(-0.2, 0.3)}, {0.34, -0.4}, {0.38, -0.62}});
  s.part("nose", Tone::dark, Pattern::plain).ellipse({1.06, -0.46}, 0.08, 0.075);
  s.part("eye", Tone::dark, Pattern::plain).ellipse({0.74, -0.54}, 0.055, 0.06);
}

void sketch_fish(Sketch& s) {
  const double height = s.about(0.42, 0.25);
  const double tail = s.about(0.42);
  s.part("tail", Tone::second, Pattern::stripes)
      .polygon({{-0.5, -0.06}, {-0.98, -tail}, {-0.82, 0}, {-0.98, tail}, {-0.5, 0.06}});
  s.part("fins", Tone::second, Pattern::stripes)
      .polygon({{-0.3, -0.5 * height}, {-0.2, -height - s.about(0.2, 0.4)}, {0.32, -0.8 * height}})
      .polygon({{-0.16, 0.6 * height}, {-0.22, height + 0.2}, {0.16, 0.8 * height}});
  s.part("body", Tone::main, Pattern::scales)
      .smooth({{-0.62, -0.06},
               {-0.25, -0.8 * height},
               {0.25, -height},
               {0.72, -0.55 * height},
               {0.95, 0.02},
               {0.7, 0.6 * height},
               {0.2, height},
               {-0.25, 0.8 * height},
               {-0.62, 0.06}});
  s.part("side fin", Tone::accent, Pattern::stripes).polygon({{0.3, 0.08}, {-0.08, -0.02}, {-0.02, 0.3}});
  s.part("eye", Tone::light, Pattern::plain).ellipse({0.66, -0.1}, 0.115, 0.115);
  s.part("pupil", Tone::dark, Pattern::plain).ellipse({0.68, -0.1}, 0.06, 0.06);
}

void sketch_mushroom(Sketch& s) {
  const double stem = s.about(0.2);
  const double rim = s.about(0.03, 1.5);
  s.part("stem", Tone::second, Pattern::noise)
      .smooth({{-stem, -0.1},
               {stem, -0.1},
               {stem + 0.02, 0.5},
               {stem + 0.14, 0.88},
               {0, 0.98},
               {-stem - 0.14, 0.88},
               {-stem - 0.02, 0.5}});
  s.part("gills", Tone::light, Pattern::stripes).ellipse({0, rim}, 0.8, 0.2);
  s.part("cap", Tone::main, Pattern::plain)
      .segment({0, rim}, 0.9, s.about(0.92), 180, 360)
      .segment({0, rim}, 0.9, 0.08, 0, 180);
  s.part("spots", Tone::light, Pattern::plain)
      .ellipse({-0.48, -0.22}, s.about(0.13), 0.12)
      .ellipse({0.02, -0.36}, s.about(0.17), 0.14)
      .ellipse({0.52, -0.2}, s.about(0.13), 0.12)
      .ellipse({-0.2, -0.66}, s.about(0.11), 0.08)
      .ellipse({0.3, -0.66}, s.about(0.1), 0.08);
}

}  // namespace fovea::world

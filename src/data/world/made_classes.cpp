// Sketches of what is made: car, clock, cup, dumbbell, guitar, house, key, sailboat, teapot, umbrella.
// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <numbers>

#include "data/world/classes.h"

namespace fovea::world {

void sketch_car(Sketch& s) {
  const double roof = s.about(-0.5, 0.2);
  const double wheel = s.about(0.23);
  const double front = s.about(0.44);
  s.part("cabin", Tone::main, Pattern::plain)
      .polygon({{-0.62, -0.02}, {-0.42, roof}, {front - 0.12, roof}, {front + 0.14, -0.02}});
  s.part("windows", Tone::light, Pattern::plain)
      .polygon({{-0.48, -0.06}, {-0.36, roof + 0.1}, {-0.07, roof + 0.1}, {-0.07, -0.06}})
      .polygon({{0.03, -0.06}, {0.03, roof + 0.1}, {front - 0.18, roof + 0.1}, {front, -0.06}});
  s.part("body", Tone::main, Pattern::plain)
      .smooth({{-0.98, 0.3},
               {-0.98, 0.02},
               {-0.7, -0.06},
               {0.5, -0.06},
               {0.92, 0.04},
               {1.0, 0.3},
               {0.7, 0.36},
               {-0.7, 0.36}});
  s.part("headlight", Tone::light, Pattern::plain).ellipse({0.93, 0.1}, 0.07, 0.085);
  s.part("wheels", Tone::dark, Pattern::plain).ellipse({-0.55, 0.36}, wheel, wheel).ellipse({0.56, 0.36}, wheel, wheel);
  s.part("hubs", Tone::accent, Pattern::plain).ellipse({-0.55, 0.36}, 0.1, 0.1).ellipse({0.56, 0.36}, 0.1, 0.1);
}

void sketch_clock(Sketch& s) {
  const double hour = s.random().between(0, 2 * std::numbers::pi);
  const double minute = hour + s.random().between(0.8, 5.4);
  const double rim = s.about(0.14, 0.3);
  s.part("feet", Tone::second, Pattern::plain)
      .stroke({{-0.42, 0.62}, {-0.62, 0.94}}, 0.13)
      .stroke({{0.42, 0.62}, {0.62, 0.94}}, 0.13);
  s.part("bells", Tone::accent, Pattern::plain);
  for (const double side : {-1.0, 1.0}) s.ellipse({0.5 * side, -0.68}, s.about(0.34), 0.2, 40 * side);
  s.part("rim", Tone::main, Pattern::plain).ellipse({0, 0}, 0.78, 0.78);
  s.part("face", Tone::light, Pattern::plain).ellipse({0, 0}, 0.78 - rim, 0.78 - rim);
  s.part("marks", Tone::dark, Pattern::plain);
  for (int i = 0; i < 12; ++i) {
    const double angle = i * std::numbers::pi / 6;
    const double from = i % 3 == 0 ? 0.44 : 0.5;
    const double to = 0.7 - rim;
    s.stroke({{from * std::cos(angle), from * std::sin(angle)}, {to * std::cos(angle), to * std::sin(angle)}}, 0.05);
  }
  s.part("hands", Tone::dark, Pattern::plain)
      .stroke({{0, 0}, {0.3 * std::cos(hour), 0.3 * std::sin(hour)}}, 0.1)
      .stroke({{0, 0}, {0.46 * std::cos(minute), 0.46 * std::sin(minute)}}, 0.08);
}

void sketch_cup(Sketch& s) {
  const double bottom = s.about(0.36, 0.25);
  const double depth = s.about(0.5, 0.2);
  s.part("saucer", Tone::second, Pattern::plain).ellipse({0, depth + 0.02}, s.about(0.9, 0.1), 0.17);
  s.part("handle", Tone::accent, Pattern::plain).ring({0.6, -0.06}, 0.32, s.about(0.33), 0.13);
  s.part("bowl", Tone::main, Pattern::checks)
      .smooth({{-0.62, -0.42},
               {0.62, -0.42},
               {0.62, -0.3},
               {0.56, 0.2},
               {bottom, depth},
               {-bottom, depth},
               {-0.56, 0.2},
               {-0.62, -0.3}});
  s.part("rim", Tone::light, Pattern::plain).ellipse({0, -0.44}, 0.63, 0.17);
  s.part("drink", Tone::dark, Pattern::plain).ellipse({0, -0.42}, 0.53, 0.11);
}

void sketch_dumbbell(Sketch& s) {
  const double large = s.about(0.47, 0.12);
  const double small = large * s.about(0.68, 0.08);
  const double grip = s.about(0.36, 0.15);
  s.part("bar", Tone::second, Pattern::stripes).box(-1.0, -0.08, 1.0, 0.08);
  const auto plate = [&](double side, double from, double to, double half) {
    constexpr double corner = 0.06;
    s.polygon({{side * from, -half + corner},
               {side * (from + corner), -half},
               {side * (to - corner), -half},
               {side * to, -half + corner},
               {side * to, half - corner},
               {side * (to - corner), half},
               {side * (from + corner), half},
               {side * from, half - corner}});
  };
  for (const double side : {-1.0, 1.0}) {
    s.part(side < 0 ? "left weight" : "right weight", Tone::main, Pattern::plain);
    plate(side, grip, grip + 0.27, large);
    plate(side, grip + 0.29, grip + 0.5, small);
  }
}

void sketch_guitar(Sketch& s) {
  const double upper = s.about(0.3);
  const double lower = s.about(0.43, 0.1);
  const double neck = s.about(0.085);
  s.part("body", Tone::main, Pattern::wood)
      .smooth({{0, 0.02},
               {upper, 0.08},
               {upper + 0.02, 0.3},
               {upper - 0.06, 0.44},
               {lower, 0.62},
               {lower, 0.86},
               {0.2, 1.02},
               {-0.2, 1.02},
               {-lower, 0.86},
               {-lower, 0.62},
               {-upper + 0.06, 0.44},
               {-upper - 0.02, 0.3},
               {-upper, 0.08}});
  s.part("hole", Tone::dark, Pattern::plain).ellipse({0, 0.42}, 0.155, 0.155);
  s.part("bridge", Tone::dark, Pattern::plain).box(-0.2, 0.76, 0.2, 0.84);
  s.part("neck", Tone::second, Pattern::wood).box(-neck, -0.8, neck, 0.28);
  s.part("head", Tone::accent, Pattern::plain)
      .polygon({{-0.09, -0.72}, {-0.19, -1.02}, {0.19, -1.02}, {0.09, -0.72}})
      .ellipse({-0.22, -0.84}, 0.065, 0.05)
      .ellipse({-0.24, -0.96}, 0.065, 0.05)
      .ellipse({0.22, -0.84}, 0.065, 0.05)
      .ellipse({0.24, -0.96}, 0.065, 0.05);
}

void sketch_house(Sketch& s) {
  const double eave = s.about(-0.12, 0.8);
  const double half = s.about(0.66, 0.12);
  const double door = s.random().between(-0.34, 0.1);
  const double ridge = s.about(-0.86, 0.12);
  s.part("chimney", Tone::second, Pattern::bricks).box(0.3, ridge + 0.04, 0.5, eave);
  s.part("wall", Tone::main, Pattern::bricks).box(-half, eave - 0.05, half, 0.8);
  s.part("roof", Tone::second, Pattern::scales)
      .polygon({{-half - 0.2, eave}, {s.about(-0.1, 0.9), ridge}, {0.1, ridge}, {half + 0.2, eave}});
  s.part("door", Tone::accent, Pattern::wood).box(door - 0.14, 0.3, door + 0.14, 0.8);
  s.part("windows", Tone::light, Pattern::plain);
  if (door > -0.15) s.box(-half + 0.09, 0.12, -half + 0.35, 0.42);
  s.box(half - 0.36, 0.12, half - 0.1, 0.42);
}

void sketch_key(Sketch& s) {
  const double bow = s.about(0.36, 0.1);
  const double tooth = s.about(0.27, 0.2);
  s.part("shaft", Tone::main, Pattern::plain).box(-0.5, -0.085, 0.98, 0.085);
  s.part("collar", Tone::second, Pattern::plain).box(-0.3, -0.15, -0.19, 0.15);
  s.part("bow", Tone::main, Pattern::plain).ring({-0.64, 0}, bow, bow, 0.16);
  s.part("bit", Tone::second, Pattern::plain)
      .box(0.46, 0.04, 0.6, 0.1 + tooth)
      .box(0.66, 0.04, 0.78, s.about(0.24, 0.3))
      .box(0.84, 0.04, 0.98, 0.12 + tooth);
}

void sketch_sailboat(Sketch& s) {
  const double hull = s.about(0.3, 0.2);
  const double boom = s.about(0.38, 0.2);
  s.part("mast", Tone::dark, Pattern::plain).box(-0.07, -1.0, 0.02, 0.5);
  s.part("hull", Tone::main, Pattern::wood)
      .polygon({{-0.86, boom + 0.08}, {0.92, boom + 0.08}, {0.66, boom + 0.1 + hull}, {-0.6, boom + 0.1 + hull}});
  s.part("mainsail", Tone::light, Pattern::stripes)
      .polygon({{0.06, -0.92}, {0.24, -0.5}, {0.6, 0.0}, {0.8, boom - 0.04}, {0.06, boom - 0.04}});
  s.part("jib", Tone::second, Pattern::plain)
      .polygon({{-0.12, s.about(-0.8, 0.15)}, {-0.12, boom - 0.06}, {-0.76, boom - 0.06}});
}

void sketch_teapot(Sketch& s) {
  const double height = s.about(0.48);
  s.part("spout", Tone::second, Pattern::plain)
      .smooth({{0.38, 0.36}, {0.72, 0.12}, {0.82, -0.3}, {1.06, -0.42}, {0.98, -0.18}, {0.92, 0.2}, {0.6, 0.5}});
  s.part("handle", Tone::second, Pattern::plain).ring({-0.62, -0.0}, 0.38, s.about(0.38), 0.14);
  s.part("body", Tone::main, Pattern::dots).ellipse({0, 0.1}, 0.64, height).box(-0.34, 0.3, 0.34, 0.14 + height);
  s.part("lid", Tone::accent, Pattern::plain).segment({0, 0.12 - 0.8 * height}, 0.4, s.about(0.24), 180, 360);
  s.part("knob", Tone::second, Pattern::plain).ellipse({0, -0.16 - 0.8 * height}, 0.1, 0.1);
}

void sketch_umbrella(Sketch& s) {
  const double dome = s.about(0.72);
  const double scallop = s.about(0.12, 0.3);
  s.part("shaft", Tone::dark, Pattern::plain).box(-0.045, -0.95, 0.045, 0.7);
  s.part("handle", Tone::accent, Pattern::plain).arc({0.15, 0.76}, 0.15, 0.18, 0, 180, 0.11);
  s.part("tip", Tone::accent, Pattern::plain).box(-0.05, -dome - 0.22, 0.05, -dome);
  Contour canopy;
  constexpr int corners = 20;
  for (int i = 0; i <= corners; ++i) {
    const double angle = std::numbers::pi * (1 + static_cast<double>(i) / corners);
    canopy.push_back({0.95 * std::cos(angle), dome * std::sin(angle)});
  }
  constexpr int panels = 4;
  for (int i = 1; i < panels * 6; ++i) {  // the lower edge, from right to left: an arch per panel
    const double t = static_cast<double>(i) / (panels * 6);
    canopy.push_back({0.95 - 1.9 * t, -scallop * std::abs(std::sin(panels * std::numbers::pi * t))});
  }
  s.part("canopy", Tone::main, Pattern::plain).polygon(canopy);
  s.part("panels", Tone::second, Pattern::plain);
  for (const double side : {-1.0, 1.0}) {
    s.polygon({{0, -dome},
               {side * 0.26, -0.8 * dome},
               {side * 0.44, -0.5 * dome},
               {side * 0.475, -0.02},
               {side * 0.25, -scallop},
               {side * 0.03, -0.02},
               {side * 0.03, -0.4}});
  }
}

}  // namespace fovea::world

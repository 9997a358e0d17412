// Film strips of great circles. The quadratic form foresees f(x*) + curvature s^2 / 2 at the arc length s.
// SPDX-License-Identifier: Apache-2.0
#include "make/shared/film_strips.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <ATen/ops/cat.h>

#include <fovea/display.h>

#include "make/shared/common.h"

namespace fovea::make {
namespace {

constexpr double degrees = 180 / std::numbers::pi;

std::string spoken(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

double activation_of(const Strip& strip) { return strip.values[strip.values.size() / 2]; }
double radius_of(const Strip& strip) {
  return strip.points[static_cast<std::int64_t>(strip.values.size() / 2)].norm().item<double>();
}

double relative(const Strip& strip) {
  return relative_curvature(strip.curvature.value, radius_of(strip), activation_of(strip));
}

std::string angle_text(double angle) {
  constexpr double small = 10;
  const double value = angle * degrees;
  return (std::abs(value) < small ? short_number(value) : short_number(std::round(value))) + " deg";
}

Strip walked(const UnitFunction& f, const Tensor& x, double level, const NamedCurvature& named,
             const StripOptions& options) {
  Strip strip{.name = named.name, .curvature = named.curvature};
  const Tensor& w = named.curvature.direction;
  strip.back = walk_until(f, x, w, -1, level, options.largest_angle);
  strip.on = walk_until(f, x, w, 1, level, options.largest_angle);
  for (std::int64_t i = -options.frames; i <= options.frames; ++i) {
    const double share = static_cast<double>(std::abs(i)) / static_cast<double>(options.frames);
    strip.angles.push_back(share * (i < 0 ? strip.back.angle : strip.on.angle));
  }
  strip.points = great_circle(x, w, strip.angles);
  strip.values = f.values(strip.points);
  return strip;
}

/// The angle at which the quadratic form meets the level; "never" where it does not fall.
std::string foreseen(const Strip& strip, double fraction) {
  const double bend = relative(strip);
  return bend < 0 ? short_number(std::sqrt(2 * (1 - fraction) / -bend) * degrees) : "never";
}

std::string end_of(const SphereWalk& walk) {
  return short_number(walk.angle * degrees) + (walk.fell ? "" : " (has not fallen)");
}

}  // namespace

double level_of(double at_optimum, double fraction) { return at_optimum - (1 - fraction) * std::abs(at_optimum); }

double relative_curvature(double curvature, double radius, double activation) {
  return activation != 0 ? curvature * radius * radius / std::abs(activation) : 0;
}

std::vector<Strip> walk_strips(const UnitFunction& f, const Tensor& x, const std::vector<NamedCurvature>& directions,
                               const StripOptions& options) {
  const double level = level_of(f.values(x).front(), options.fraction);
  std::vector<Strip> strips;
  for (const NamedCurvature& direction : directions) {
    if (options.watch) options.watch(static_cast<std::int64_t>(strips.size()));
    strips.push_back(walked(f, x, level, direction, options));
  }
  return strips;
}

Tensor free_part(const PictureSpace& space, const Tensor& pictures) {
  const Box& box = space.plan().box;
  return pictures.narrow(2, box.y, box.height).narrow(3, box.x, box.width);
}

Figure draw_strips(const UnitFunction& f, const std::vector<Strip>& strips, std::string_view title) {
  constexpr int least_tile = 136;  // px: labels stay readable
  constexpr int most_tile = 176;
  const PictureSpace& space = f.space();
  std::vector<Tile> tiles;
  for (const Strip& strip : strips) {
    const Tensor pattern = space.patterns(strip.curvature.direction)[0];
    tiles.push_back({signed_picture(pattern), spoken(strip.name) + ": curvature " + short_number(relative(strip))});
    const Tensor frames = free_part(space, space.pictures(strip.points));
    for (std::size_t i = 0; i < strip.angles.size(); ++i) {
      const std::string place = 2 * i + 1 == strip.angles.size() ? "optimum" : angle_text(strip.angles[i]);
      tiles.push_back(
          {from_display(frames[static_cast<std::int64_t>(i)]), place + ": " + short_number(strip.values[i])});
    }
  }
  const Box& box = space.plan().box;
  const int side = std::clamp(static_cast<int>(std::max(box.height, box.width)), least_tile, most_tile);
  return sheet(tiles, static_cast<int>(strips.front().angles.size()) + 1, title, side);
}

std::vector<std::vector<std::string>> tabulate_strips(const std::vector<Strip>& strips, double fraction) {
  std::vector<std::vector<std::string>> table{{"direction", "curvature", "residual", "relative curvature",
                                               "foreseen angle", "angle back", "activation back", "angle on",
                                               "activation on"}};
  for (const Strip& strip : strips) {
    table.push_back({strip.name, short_number(strip.curvature.value),
                     strip.curvature.residual ? short_number(*strip.curvature.residual) : "",
                     short_number(relative(strip)), foreseen(strip, fraction), end_of(strip.back),
                     short_number(strip.values.front()), end_of(strip.on), short_number(strip.values.back())});
  }
  return table;
}

std::vector<Image> swing(const UnitFunction& f, const std::vector<Strip>& strips, std::int64_t count) {
  std::vector<Image> frames;
  for (std::int64_t i = 0; i < count; ++i) {
    const double phase = std::sin(2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(count));
    std::vector<Tensor> pictures;
    for (const Strip& strip : strips) {
      const double angle = std::abs(phase) * (phase < 0 ? strip.back.angle : strip.on.angle);
      const Tensor x = strip.points[static_cast<std::int64_t>(strip.values.size() / 2)];
      pictures.push_back(free_part(f.space(), f.space().pictures(great_circle(x, strip.curvature.direction, {angle}))));
    }
    frames.push_back(mosaic(at::cat(pictures)));
  }
  return frames;
}

}  // namespace fovea::make

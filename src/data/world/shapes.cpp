// Contours of ellipses, smooth lines and strokes.
// SPDX-License-Identifier: Apache-2.0
#include "data/world/shapes.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

namespace fovea::world {
namespace {

/// Corners of a full ellipse: at a radius of 100 px its sides stay within 0.5 px of it.
constexpr int ellipse_corners = 32;
/// Points between two points of a smooth line.
constexpr int smooth_steps = 5;

constexpr double radians = std::numbers::pi / 180;

Contour arc_points(Point centre, double rx, double ry, double from, double to) {
  const int steps = std::max(2, static_cast<int>(std::ceil(ellipse_corners * std::abs(to - from) / 360)));
  Contour points;
  for (int i = 0; i <= steps; ++i) {
    const double angle = radians * (from + (to - from) * i / steps);
    points.push_back({centre.x + rx * std::cos(angle), centre.y + ry * std::sin(angle)});
  }
  return points;
}

Contour ellipse_points(Point centre, double rx, double ry) {
  Contour points = arc_points(centre, rx, ry, 0, 360);
  points.pop_back();
  return points;
}

void turn(Contour& points, Point about, double degrees) {
  const double c = std::cos(radians * degrees);
  const double s = std::sin(radians * degrees);
  for (Point& p : points) {
    const Point d{p.x - about.x, p.y - about.y};
    p = {about.x + c * d.x - s * d.y, about.y + s * d.x + c * d.y};
  }
}

double catmull_rom(double a, double b, double c, double d, double t) {
  return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t * t * t);
}

}  // namespace

Sketch& Sketch::part(std::string_view name, Tone tone, Pattern pattern) {
  parts_.push_back({.name = name, .shapes = {}, .tone = tone, .pattern = pattern});
  return *this;
}

Sketch& Sketch::add(Shape shape) {
  parts_.back().shapes.push_back(std::move(shape));
  return *this;
}

Sketch& Sketch::ellipse(Point centre, double rx, double ry, double turned) {
  Contour points = ellipse_points(centre, rx, ry);
  if (turned != 0) turn(points, centre, turned);
  return add({std::move(points)});
}

Sketch& Sketch::ring(Point centre, double rx, double ry, double width) {
  return add({ellipse_points(centre, rx, ry), ellipse_points(centre, rx - width, ry - width)});
}

Sketch& Sketch::segment(Point centre, double rx, double ry, double from, double to) {
  return add({arc_points(centre, rx, ry, from, to)});
}

Sketch& Sketch::arc(Point centre, double rx, double ry, double from, double to, double width) {
  return stroke(arc_points(centre, rx, ry, from, to), width);
}

Sketch& Sketch::polygon(Contour corners) { return add({std::move(corners)}); }

Sketch& Sketch::box(double x0, double y0, double x1, double y1) {
  return add({{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}});
}

Sketch& Sketch::smooth(const Contour& points) {
  const std::size_t n = points.size();
  Contour line;
  for (std::size_t i = 0; i < n; ++i) {
    const Point &a = points[(i + n - 1) % n], &b = points[i], &c = points[(i + 1) % n], &d = points[(i + 2) % n];
    for (int step = 0; step < smooth_steps; ++step) {
      const double t = static_cast<double>(step) / smooth_steps;
      line.push_back({catmull_rom(a.x, b.x, c.x, d.x, t), catmull_rom(a.y, b.y, c.y, d.y, t)});
    }
  }
  return add({std::move(line)});
}

/// One quadrilateral per piece and one disc per point: their union has no holes where the line crosses itself.
Sketch& Sketch::stroke(const Contour& points, double width) {
  const double half = width / 2;
  for (std::size_t i = 0; i + 1 < points.size(); ++i) {
    const Point &a = points[i], &b = points[i + 1];
    const double length = std::hypot(b.x - a.x, b.y - a.y);
    if (length == 0) continue;
    const Point n{-(b.y - a.y) / length * half, (b.x - a.x) / length * half};
    add({{{a.x + n.x, a.y + n.y}, {b.x + n.x, b.y + n.y}, {b.x - n.x, b.y - n.y}, {a.x - n.x, a.y - n.y}}});
  }
  for (const Point& p : points) {
    constexpr int joint_corners = 10;
    Contour disc;
    for (int i = 0; i < joint_corners; ++i) {
      const double angle = 2 * std::numbers::pi * i / joint_corners;
      disc.push_back({p.x + half * std::cos(angle), p.y + half * std::sin(angle)});
    }
    add({std::move(disc)});
  }
  return *this;
}

double Sketch::about(double value, double share) { return value * random_.between(1 - share, 1 + share); }

Point Pose::apply(Point p) const {
  const double x = mirrored ? -p.x : p.x;
  const double c = std::cos(angle) * scale;
  const double s = std::sin(angle) * scale;
  return {centre.x + c * x - s * p.y, centre.y + s * x + c * p.y};
}

Point Pose::undo(Point p) const {
  const Point d{p.x - centre.x, p.y - centre.y};
  const double c = std::cos(angle) / scale;
  const double s = std::sin(angle) / scale;
  const double x = c * d.x + s * d.y;
  return {mirrored ? -x : x, -s * d.x + c * d.y};
}

Extent extent_of(std::span<const Shape> shapes, const Pose& pose) {
  constexpr double far = std::numeric_limits<double>::infinity();
  Extent extent{far, far, -far, -far};
  for (const Shape& shape : shapes) {
    for (const Contour& contour : shape) {
      for (const Point& point : contour) {
        const Point p = pose.apply(point);
        extent = {std::min(extent.x0, p.x), std::min(extent.y0, p.y), std::max(extent.x1, p.x),
                  std::max(extent.y1, p.y)};
      }
    }
  }
  return extent;
}

std::vector<Shape> shapes_of(std::span<const Part> parts) {
  std::vector<Shape> shapes;
  for (const Part& part : parts) shapes.insert(shapes.end(), part.shapes.begin(), part.shapes.end());
  return shapes;
}

}  // namespace fovea::world

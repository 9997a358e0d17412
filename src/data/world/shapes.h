// Shapes in an object's own coordinates (x to the right, y down, about -1..1), gathered into named parts by a sketch.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "data/world/pattern.h"
#include "data/world/random_stream.h"

namespace fovea::world {

struct Point {
  double x = 0;
  double y = 0;
};

using Contour = std::vector<Point>;

/// An area inside an odd number of its contours.
using Shape = std::vector<Contour>;

/// Which of an object's colours a part takes; the colours themselves are drawn per object.
enum class Tone { main, second, accent, dark, light };

/// A named part: the union of its shapes.
struct Part {
  std::string_view name;
  std::vector<Shape> shapes;
  Tone tone = Tone::main;
  Pattern pattern = Pattern::any;  ///< what most objects of the class have there
};

/// Draws parts; the proportions of every figure are jittered by the stream.
class Sketch {
 public:
  explicit Sketch(RandomStream& random) : random_(random) {}

  /// Begins a part; it covers those before it.
  Sketch& part(std::string_view name, Tone tone, Pattern pattern = Pattern::any);

  /// An ellipse.
  Sketch& ellipse(Point centre, double rx, double ry, double turned = 0);
  /// A ring: an ellipse without the inner one that is `width` smaller.
  Sketch& ring(Point centre, double rx, double ry, double width);
  /// The part of an ellipse between two angles (degrees, clockwise from the right), closed by its chord.
  Sketch& segment(Point centre, double rx, double ry, double from, double to);
  /// A stroke with round ends along an arc.
  Sketch& arc(Point centre, double rx, double ry, double from, double to, double width);
  Sketch& polygon(Contour corners);
  Sketch& box(double x0, double y0, double x1, double y1);
  /// A closed smooth line (Catmull and Rom 1974) through points.
  Sketch& smooth(const Contour& points);
  /// A stroke with round ends and joints.
  Sketch& stroke(const Contour& points, double width);

  /// Returns about this much: jittered by up to a share.
  double about(double value, double share = 0.15);
  RandomStream& random() { return random_; }

  const std::vector<Part>& parts() const { return parts_; }

 private:
  Sketch& add(Shape shape);

  RandomStream& random_;
  std::vector<Part> parts_;
};

/// Where and how large a sketch stands in a picture.
struct Pose {
  Point centre;      ///< px
  double scale = 1;  ///< px per unit
  double angle = 0;  ///< radians, clockwise
  bool mirrored = false;

  Point apply(Point p) const;
  /// Turns picture px into the sketch's coordinates.
  Point undo(Point p) const;
};

/// A box of numbers that are no whole px.
struct Extent {
  double x0, y0, x1, y1;
  double width() const { return x1 - x0; }
  double height() const { return y1 - y0; }
};

/// Returns the box around shapes in a pose.
Extent extent_of(std::span<const Shape> shapes, const Pose& pose);
/// Returns all shapes of some parts.
std::vector<Shape> shapes_of(std::span<const Part> parts);

}  // namespace fovea::world

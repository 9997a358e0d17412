// Repulsion between the points of a layout by Barnes and Hut's approximation on a quadtree:
//   r_i = sum_j w_ij^2 (y_i - y_j),   Z = sum_{i != j} w_ij,   w_ij = 1 / (1 + |y_i - y_j|^2),
// van der Maaten 2014, Accelerating t-SNE using Tree-Based Algorithms, section 4.2.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace fovea {

/// Points as two runs of coordinates.
struct PlanePoints {
  explicit PlanePoints(std::size_t count = 0) : x(count), y(count) {}

  std::vector<float> x;
  std::vector<float> y;
};

/// One cell of the tree; cells lie in the order of a walk that visits a cell before the cells within it.
struct TreeCell {
  float x, y;               ///< mean of its points
  float mass;               ///< their number
  float width2;             ///< its width, squared
  std::int32_t next;        ///< the first cell that is not within it
  std::int32_t begin, end;  ///< its points in the tree's order, where it is a leaf that is opened; else empty
};

/// A quadtree over points in Morton's order; the room is kept from one layout to the next.
struct QuadTree {
  std::vector<std::int32_t> order;  ///< which point is at each place of the tree's order
  PlanePoints points;               ///< in that order
  std::vector<TreeCell> cells;
  std::vector<std::uint64_t> keys, spare_keys;  ///< code << 32 | point, ascending
  std::vector<double> sum_x, sum_y;             ///< of the points before each place
};

/// Builds the tree of points; at most 2^31 - 1 of them.
void build_tree(QuadTree& tree, const PlanePoints& points);

/// What the points do to each other.
struct Repulsion {
  PlanePoints force;      ///< r_i, in the order of the points
  double normaliser = 0;  ///< Z
};

/// Computes it: a cell counts as one point for a group of 32 neighbouring points when its width is below `theta` times
/// the least distance between its mean and the group's bounding box, so that each of them is served at least as exactly
/// as it would be alone. Sums have a fixed order, whatever the number of threads.
void repel(const QuadTree& tree, double theta, Repulsion& repulsion);

}  // namespace fovea

// A rectangular assignment of cells to points, sum of squared distances least, by shortest augmenting paths: cells are
// added one by one, each along the path of least reduced cost c_ij - u_i - v_j that ends in a free point (Jonker,
// Volgenant 1987, A shortest augmenting path algorithm for dense and sparse linear assignment problems). A free point's
// price v_j is 0, so that of all free points only the one nearest to a cell can end its path; and points in use are
// never more than cells: the table of costs is never made, nor searched.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <ATen/ops/empty.h>

#include <fovea/embedding.h>
#include <fovea/error.h>

#include "atlas/embedding_table.h"

namespace fovea {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::int64_t none = -1;

/// Places in the unit square.
struct Places {
  std::vector<double> x, y;
};

std::vector<double> scaled_axis(const float* layout, std::size_t count, std::size_t axis) {
  float least = layout[axis];
  float most = least;
  for (std::size_t i = 0; i < count; ++i) {
    least = std::min(least, layout[2 * i + axis]);
    most = std::max(most, layout[2 * i + axis]);
  }
  const double extent = static_cast<double>(most) - static_cast<double>(least);
  std::vector<double> scaled(count, 0.5);
  for (std::size_t i = 0; extent > 0 && i < count; ++i) {
    scaled[i] = (static_cast<double>(layout[2 * i + axis]) - static_cast<double>(least)) / extent;
  }
  return scaled;
}

Places cell_centres(std::int64_t rows, std::int64_t columns) {
  Places cells;
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t column = 0; column < columns; ++column) {
      cells.x.push_back((static_cast<double>(column) + 0.5) / static_cast<double>(columns));
      cells.y.push_back((static_cast<double>(row) + 0.5) / static_cast<double>(rows));
    }
  }
  return cells;
}

/// The points that no cell has yet, in square buckets.
class FreePoints {
 public:
  explicit FreePoints(const Places& points)
      : points_(points),
        side_(std::max<std::int64_t>(1, std::llround(std::sqrt(static_cast<double>(points.x.size()) / 4)))),
        buckets_(static_cast<std::size_t>(side_ * side_)) {
    for (std::size_t j = 0; j < points.x.size(); ++j) bucket_of(j).push_back(static_cast<std::int64_t>(j));
  }

  void take(std::int64_t point) {
    auto& bucket = bucket_of(static_cast<std::size_t>(point));
    bucket.erase(std::find(bucket.begin(), bucket.end(), point));
  }

  /// Returns the point nearest to a place, of several the lowest; rings of buckets are looked through outwards.
  std::int64_t nearest(double x, double y) const {
    std::int64_t best = none;
    double least = infinity;
    const std::int64_t column = along(x);
    const std::int64_t row = along(y);
    for (std::int64_t ring = 0; ring <= side_; ++ring) {
      const double reach = static_cast<double>(ring - 1) / static_cast<double>(side_);  // nothing further in is left
      if (ring > 0 && least < reach * reach) break;
      for (std::int64_t r = std::max<std::int64_t>(0, row - ring); r <= std::min(side_ - 1, row + ring); ++r) {
        const bool whole = std::abs(r - row) == ring;
        const std::int64_t step = whole ? 1 : std::max<std::int64_t>(1, 2 * ring);
        for (std::int64_t c = column - ring; c <= column + ring; c += step) {
          if (c >= 0 && c < side_) look_into(buckets_[static_cast<std::size_t>(r * side_ + c)], x, y, best, least);
        }
      }
    }
    return best;
  }

 private:
  std::int64_t along(double place) const {
    return std::clamp<std::int64_t>(static_cast<std::int64_t>(place * static_cast<double>(side_)), 0, side_ - 1);
  }
  std::vector<std::int64_t>& bucket_of(std::size_t j) {
    return buckets_[static_cast<std::size_t>(along(points_.y[j]) * side_ + along(points_.x[j]))];
  }
  void look_into(const std::vector<std::int64_t>& bucket, double x, double y, std::int64_t& best, double& least) const {
    for (const std::int64_t point : bucket) {
      const double dx = points_.x[static_cast<std::size_t>(point)] - x;
      const double dy = points_.y[static_cast<std::size_t>(point)] - y;
      const double distance2 = dx * dx + dy * dy;
      if (distance2 > least || (distance2 == least && point > best)) continue;
      least = distance2;
      best = point;
    }
  }

  const Places& points_;
  std::int64_t side_;
  std::vector<std::vector<std::int64_t>> buckets_;
};

/// An assignment that grows cell by cell. A point in use has a slot; slots never change their point, only their cell.
class Assignment {
 public:
  Assignment(const Places& cells, const Places& points)
      : cells_(cells), points_(points), free_(points), nearest_(cells.x.size(), none), price_(cells.x.size(), 0.0) {}

  /// Gives a cell a point, moving others along the shortest path.
  void add(std::size_t cell) {
    const std::size_t used = point_.size();
    distance_.assign(used, infinity);
    before_.assign(used, none);
    settled_.assign(used, false);
    end_distance_ = infinity;
    order_.clear();
    std::int64_t slot = none;
    double reached = 0;
    for (std::size_t from = cell;; from = static_cast<std::size_t>(cell_[static_cast<std::size_t>(slot)])) {
      consider_free_points(from, slot, reached);
      const std::int64_t next = relax(from, slot, reached);
      if (next == none || distance_[static_cast<std::size_t>(next)] >= end_distance_) break;
      slot = next;
      reached = distance_[static_cast<std::size_t>(slot)];
      settled_[static_cast<std::size_t>(slot)] = true;
      order_.push_back(slot);
    }
    update_prices(cell);
    augment(cell);
  }

  /// Returns each cell's point.
  std::vector<std::int64_t> points() const {
    std::vector<std::int64_t> result(cells_.x.size(), none);
    for (std::size_t slot = 0; slot < point_.size(); ++slot) {
      result[static_cast<std::size_t>(cell_[slot])] = point_[slot];
    }
    return result;
  }

 private:
  double cost(std::size_t cell, std::int64_t point) const {
    const double dx = cells_.x[cell] - points_.x[static_cast<std::size_t>(point)];
    const double dy = cells_.y[cell] - points_.y[static_cast<std::size_t>(point)];
    return dx * dx + dy * dy;
  }

  /// Ends the path behind a cell if its nearest free point is the nearest end so far.
  void consider_free_points(std::size_t cell, std::int64_t slot, double reached) {
    std::int64_t& point = nearest_[cell];
    if (point == none || slot_taken(point)) point = free_.nearest(cells_.x[cell], cells_.y[cell]);
    const double distance = reached + cost(cell, point) - price_[cell];
    if (distance >= end_distance_) return;
    end_distance_ = distance;
    end_point_ = point;
    end_slot_ = slot;
  }

  /// Shortens the ways to the points in use that lead through a cell; returns the slot next in line.
  std::int64_t relax(std::size_t cell, std::int64_t slot, double reached) {
    const double x = cells_.x[cell];
    const double y = cells_.y[cell];
    const double offset = reached - price_[cell];
    std::int64_t next = none;
    double least = infinity;
    for (std::size_t s = 0; s < point_.size(); ++s) {
      if (settled_[s]) continue;
      const double dx = x - slot_x_[s];
      const double dy = y - slot_y_[s];
      const double distance = offset + dx * dx + dy * dy - slot_price_[s];
      if (distance < distance_[s]) {
        distance_[s] = distance;
        before_[s] = slot;
      }
      if (distance_[s] >= least) continue;
      least = distance_[s];
      next = static_cast<std::int64_t>(s);
    }
    return next;
  }

  /// Keeps reduced costs at 0 or above, and at 0 along the assignment.
  void update_prices(std::size_t cell) {
    price_[cell] += end_distance_;
    for (const std::int64_t settled : order_) {
      const auto s = static_cast<std::size_t>(settled);
      const double change = end_distance_ - distance_[s];
      price_[static_cast<std::size_t>(cell_[s])] += change;
      slot_price_[s] -= change;
    }
  }

  /// Hands points on along the path: its end goes to the last cell, that cell's point to the one before, and so on.
  void augment(std::size_t cell) {
    free_.take(end_point_);
    taken_.resize(points_.x.size(), false);
    taken_[static_cast<std::size_t>(end_point_)] = true;
    std::int64_t giver = end_slot_;
    cell_.push_back(giver == none ? static_cast<std::int64_t>(cell) : cell_[static_cast<std::size_t>(giver)]);
    point_.push_back(end_point_);
    slot_x_.push_back(points_.x[static_cast<std::size_t>(end_point_)]);
    slot_y_.push_back(points_.y[static_cast<std::size_t>(end_point_)]);
    slot_price_.push_back(0);
    while (giver != none) {
      const std::int64_t previous = before_[static_cast<std::size_t>(giver)];
      cell_[static_cast<std::size_t>(giver)] =
          previous == none ? static_cast<std::int64_t>(cell) : cell_[static_cast<std::size_t>(previous)];
      giver = previous;
    }
  }

  bool slot_taken(std::int64_t point) const { return !taken_.empty() && taken_[static_cast<std::size_t>(point)]; }

  const Places& cells_;
  const Places& points_;
  FreePoints free_;
  std::vector<bool> taken_;                           // by point
  std::vector<std::int64_t> nearest_;                 // by cell: a free point, or one that was
  std::vector<double> price_;                         // by cell: u
  std::vector<std::int64_t> point_, cell_;            // by slot
  std::vector<double> slot_x_, slot_y_, slot_price_;  // by slot: its point's place, v
  std::vector<double> distance_;                      // by slot, of the path that is being sought
  std::vector<std::int64_t> before_;                  // by slot: the slot before it on its path
  std::vector<char> settled_;                         // by slot
  std::vector<std::int64_t> order_;                   // settled slots
  double end_distance_ = 0;
  std::int64_t end_point_ = none;
  std::int64_t end_slot_ = none;
};

void check(const Tensor& points, std::int64_t rows, std::int64_t columns) {
  const std::int64_t count = points.size(0);
  if (points.size(1) != 2) {
    throw Error(ErrorKind::shape, "a layout must be [N,2]; found " + std::to_string(points.size(1)) + " columns");
  }
  if (rows < 1 || columns < 1 || rows > count / columns) {
    throw Error(ErrorKind::usage, "a grid must have between 1 and " + std::to_string(count) +
                                      " cells, as many as there are points; found " + std::to_string(rows) + " x " +
                                      std::to_string(columns));
  }
}

}  // namespace

GridAssignment assign_to_grid(const Tensor& points, std::int64_t rows, std::int64_t columns) {
  const Tensor layout = checked_table(points, "the layout");
  check(layout, rows, columns);
  const auto count = static_cast<std::size_t>(layout.size(0));
  const auto* places = layout.data_ptr<float>();
  const Places scaled{scaled_axis(places, count, 0), scaled_axis(places, count, 1)};
  const Places cells = cell_centres(rows, columns);
  Assignment assignment(cells, scaled);
  for (std::size_t cell = 0; cell < cells.x.size(); ++cell) assignment.add(cell);
  GridAssignment result{.point = at::empty({rows, columns}, at::kLong)};
  const std::vector<std::int64_t> chosen = assignment.points();
  std::copy(chosen.begin(), chosen.end(), result.point.data_ptr<std::int64_t>());
  for (std::size_t cell = 0; cell < chosen.size(); ++cell) {
    const double dx = cells.x[cell] - scaled.x[static_cast<std::size_t>(chosen[cell])];
    const double dy = cells.y[cell] - scaled.y[static_cast<std::size_t>(chosen[cell])];
    result.cost += dx * dx + dy * dy;
  }
  return result;
}

}  // namespace fovea

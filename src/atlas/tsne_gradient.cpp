// The cost C = KL(P || Q) = sum_ij p_ij log(p_ij / q_ij), q_ij = w_ij / Z, Z = sum_{k != l} w_kl, and its gradient
//   dC/dy_i = 4 sum_j (p_ij - q_ij) w_ij (y_i - y_j),   w_ij = 1 / (1 + |y_i - y_j|^2),
// van der Maaten, Hinton 2008, Visualizing Data using t-SNE, equation 5: over all pairs, and as t-SNE's iterations do.
// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include <ATen/Parallel.h>
#include <ATen/ops/zeros.h>

#include <fovea/error.h>

#include "atlas/attraction.h"
#include "atlas/embedding_table.h"
#include "atlas/quad_tree.h"
#include "atlas/tsne_parts.h"

namespace fovea {
namespace {

/// Returns a layout [N,2] as contiguous float32.
Tensor checked_layout(const JointProbabilities& p, const Tensor& layout) {
  Tensor numbers = checked_table(layout, "the layout");
  if (numbers.size(0) != p.size() || numbers.size(1) != 2) {
    throw Error(ErrorKind::shape, "a layout must be [" + std::to_string(p.size()) + ",2]; found [" +
                                      std::to_string(numbers.size(0)) + "," + std::to_string(numbers.size(1)) + "]");
  }
  return numbers;
}

PlanePoints plane_points(const JointProbabilities& p, const Tensor& layout) {
  const Tensor numbers = checked_layout(p, layout);
  PlanePoints points(static_cast<std::size_t>(p.size()));
  for (std::size_t i = 0; i < points.x.size(); ++i) {
    points.x[i] = numbers.data_ptr<float>()[2 * i];
    points.y[i] = numbers.data_ptr<float>()[2 * i + 1];
  }
  return points;
}

/// What all points do to each other, in double.
struct ExactRepulsion {
  explicit ExactRepulsion(std::size_t count) : weight(count), x(count), y(count) {}

  std::vector<double> weight, x, y;  ///< sums over j of w_ij, and of w_ij^2 (y_i - y_j)
};

ExactRepulsion exact_repulsion(const double* layout, std::int64_t count) {
  ExactRepulsion sums(static_cast<std::size_t>(count));
  at::parallel_for(0, count, 16, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      double weight = -1;  // the point itself
      double x = 0;
      double y = 0;
      for (std::int64_t j = 0; j < count; ++j) {
        const double dx = layout[2 * i] - layout[2 * j];
        const double dy = layout[2 * i + 1] - layout[2 * j + 1];
        const double w = 1 / (1 + dx * dx + dy * dy);
        weight += w;
        x += w * w * dx;
        y += w * w * dy;
      }
      sums.weight[static_cast<std::size_t>(i)] = weight;
      sums.x[static_cast<std::size_t>(i)] = x;
      sums.y[static_cast<std::size_t>(i)] = y;
    }
  });
  return sums;
}

}  // namespace

LayoutGradient exact_gradient(const JointProbabilities& p, const Tensor& layout) {
  checked_layout(p, layout);
  const std::int64_t count = p.size();
  const Tensor numbers = layout.detach().to(at::kCPU, at::kDouble).contiguous();
  const auto* y = numbers.data_ptr<double>();
  const ExactRepulsion repulsion = exact_repulsion(y, count);
  double normaliser = 0;
  for (const double weight : repulsion.weight) normaliser += weight;
  LayoutGradient result{.kl = 0, .gradient = at::zeros({count, 2}, at::kDouble)};
  auto* gradient = result.gradient.data_ptr<double>();
  for (std::int64_t i = 0; i < count; ++i) {
    const auto row = static_cast<std::size_t>(i);
    double force[2] = {-repulsion.x[row] / normaliser, -repulsion.y[row] / normaliser};
    for (auto edge = static_cast<std::size_t>(p.start[row]); edge < static_cast<std::size_t>(p.start[row + 1]);
         ++edge) {
      const std::int64_t j = p.column[edge];
      const auto value = static_cast<double>(p.value[edge]);
      const double dx = y[2 * i] - y[2 * j];
      const double dy = y[2 * i + 1] - y[2 * j + 1];
      const double w = 1 / (1 + dx * dx + dy * dy);
      force[0] += value * w * dx;
      force[1] += value * w * dy;
      if (value > 0) result.kl += value * std::log(value * normaliser / w);
    }
    gradient[2 * i] = 4 * force[0];
    gradient[2 * i + 1] = 4 * force[1];
  }
  return result;
}

LayoutGradient barnes_hut_gradient(const JointProbabilities& p, const Tensor& layout, double theta) {
  const PlanePoints points = plane_points(p, layout);
  QuadTree tree;
  build_tree(tree, points);
  Repulsion repulsion;
  repel(tree, theta, repulsion);
  PlanePoints attraction(points.x.size());
  attract(make_springs(p), points, 0, p.size(), attraction);
  LayoutGradient result{.kl = divergence(p, points, repulsion.normaliser),
                        .gradient = at::zeros({p.size(), 2}, at::kDouble)};
  auto* gradient = result.gradient.data_ptr<double>();
  for (std::size_t i = 0; i < points.x.size(); ++i) {
    const auto share = [&](float pull, float push) {
      return 4 * (static_cast<double>(pull) - static_cast<double>(push) / repulsion.normaliser);
    };
    gradient[2 * i] = share(attraction.x[i], repulsion.force.x[i]);
    gradient[2 * i + 1] = share(attraction.y[i], repulsion.force.y[i]);
  }
  return result;
}

}  // namespace fovea

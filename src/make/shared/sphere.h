// A unit as a function on a sphere of pictures: its optimum there, its curvatures at the optimum, and walks along great
// circles. Berkes and Wiskott 2006, On the analysis and interpretation of inhomogeneous quadratic forms as receptive
// fields.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include <fovea/model.h>
#include <fovea/objective.h>

#include "make/shared/picture_space.h"

namespace fovea::make {

/// H v at some point.
using HessianProduct = std::function<Tensor(const Tensor& v)>;

/// An objective of a network as a function f of a picture's coordinates. Takes and returns float64 on the CPU; the
/// network computes in the type and on the device of its weights.
class UnitFunction {
 public:
  /// `model` takes inputs of the given size, to which pictures are resized.
  UnitFunction(Model model, Objective objective, PictureSpace space, std::int64_t height, std::int64_t width);

  /// Returns f at points [N,n], without any tape.
  std::vector<double> values(const Tensor& points) const;
  /// Returns the gradients [N,n] at points [N,n]; f goes to `values` where given.
  Tensor gradients(const Tensor& points, std::vector<double>* values = nullptr) const;
  /// Returns v -> H v at a point [n], exactly, by differentiating the gradient again.
  HessianProduct exact_hessian(const Tensor& point) const;
  /// Returns v -> (g(x + reach v/|v|) - g(x - reach v/|v|)) |v| / (2 reach) at a point x.
  HessianProduct difference_hessian(const Tensor& point, double reach) const;
  /// Turns points [N,n] into the network's input; differentiable.
  Tensor input_of(const Tensor& points) const;

  const PictureSpace& space() const { return space_; }
  const Model& model() const { return model_; }
  const Objective& objective() const { return objective_; }

 private:
  Tensor prepared(const Tensor& points) const;
  Tensor evaluate_at(const Tensor& leaf, bool taped) const;

  Model model_;
  Objective objective_;
  PictureSpace space_;
  std::int64_t height_;
  std::int64_t width_;
  std::vector<ValueId> taps_;
  at::TensorOptions options_;
};

// --- the optimum ---

/// Choices of a climb on the sphere |x| = radius.
struct SphereClimbOptions {
  double radius = 1;
  std::int64_t steps = 100;
  double tolerance = 1e-3;  ///< of the gradient along the sphere, as a share of the whole; then it ends early
  std::function<void(std::int64_t step, double value, const Tensor& point)> watch = {};
};

/// Where a climb ended.
struct SphereOptimum {
  Tensor point;     ///< x*, [n]
  Tensor gradient;  ///< of f there, [n]
  double value = 0;
  double first_value = 0;  ///< where it began
  double slope = 0;        ///< length of the gradient along the sphere: 0 at an optimum
  std::int64_t steps = 0;
};

/// Climbs by projected gradients from a point (put on the sphere first). Throws `Error(usage)` when no gradient reaches
/// it.
SphereOptimum climb_on_sphere(const UnitFunction& f, const Tensor& start, const SphereClimbOptions& options);

// --- curvatures ---

/// One direction along the sphere.
struct Curvature {
  double value = 0;                     ///< second derivative of f along the great circle, per display unit squared
  std::optional<double> residual = {};  ///< |A w - value w|, measured with one more product; none for no eigenvector
  Tensor direction = {};                ///< w, [n], of length 1, orthogonal to x*
};

/// Choices of `curvatures_at`.
struct CurvatureOptions {
  std::int64_t steps = 100;
  std::int64_t wanted = 3;
  double tolerance = 1e-3;
  std::uint64_t seed = 0;
  std::function<void(std::int64_t step)> watch = {};
};

/// Both ends of the spectrum of A = P H P - (x* . g / r^2) I, P the projection along the sphere.
struct Curvatures {
  std::vector<Curvature> lowest;  ///< the most negative first: what the unit is selective to
  std::vector<Curvature>
      highest;  ///< the largest first; all are below 0 at an optimum, so the nearest to 0: invariances
  std::int64_t products = 0;
  double asymmetry = 0;  ///< of the operator as it was computed
  bool converged = false;
};

/// Returns A v for v along the sphere at x with gradient g.
Tensor curvature_product(const HessianProduct& hessian, const SphereOptimum& at, const Tensor& v);

/// Finds curvatures at an optimum.
Curvatures curvatures_at(const HessianProduct& hessian, const SphereOptimum& at, const CurvatureOptions& options);

// --- walks ---

/// Returns the points x(t) = cos(t) x + r sin(t) w, t in radians, [N,n].
Tensor great_circle(const Tensor& x, const Tensor& w, const std::vector<double>& angles);

/// One walk from x* until f has fallen to a level.
struct SphereWalk {
  double angle = 0;   ///< where it ended, radians, with the sign of the way
  bool fell = false;  ///< false: the level was not reached by the largest angle
};

/// Walks along w (`sign` 1) or against it (-1).
SphereWalk walk_until(const UnitFunction& f, const Tensor& x, const Tensor& w, double sign, double level,
                      double largest_angle);

}  // namespace fovea::make

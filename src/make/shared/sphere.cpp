// The climb is a conjugate gradient ascent along great circles (Polak and Ribiere's factor, cut at 0; Absil, Mahony,
// Sepulchre 2008, Optimization algorithms on matrix manifolds, section 8.3): directions are carried along the sphere,
// steps are cut in half until f has risen as its slope promises (Armijo's rule).
// SPDX-License-Identifier: Apache-2.0
#include "make/shared/sphere.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros_like.h>

#include <fovea/ascent.h>
#include <fovea/display.h>
#include <fovea/error.h>

#include "core/lanczos.h"

namespace fovea::make {
namespace {

constexpr std::int64_t most_at_once = 8;  // pictures in one run

double dot(const Tensor& a, const Tensor& b) { return a.dot(b).item<double>(); }
double length(const Tensor& v) { return v.norm().item<double>(); }

at::TensorOptions options_of_weights(const Graph& graph) {
  for (const Tensor& weight : graph.weights()) {
    if (weight.defined() && weight.is_floating_point()) return weight.options();
  }
  return {at::kFloat};
}

std::vector<double> numbers(const Tensor& values) {
  const Tensor doubles = values.detach().to(at::kCPU, at::kDouble).contiguous();
  return {doubles.data_ptr<double>(), doubles.data_ptr<double>() + doubles.numel()};
}

Tensor on_cpu(const Tensor& tensor) { return tensor.detach().to(at::kCPU, at::kDouble); }

}  // namespace

UnitFunction::UnitFunction(Model model, Objective objective, PictureSpace space, std::int64_t height,
                           std::int64_t width)
    : model_(std::move(model)),
      objective_(std::move(objective)),
      space_(std::move(space)),
      height_(height),
      width_(width),
      taps_(objective_.taps(model_.graph)),
      options_(options_of_weights(model_.graph)) {}

Tensor UnitFunction::prepared(const Tensor& points) const {
  return points.detach()
      .reshape({-1, space_.dimensions()})
      .to(options_.device(), c10::typeMetaToScalarType(options_.dtype()));
}

Tensor UnitFunction::input_of(const Tensor& points) const {
  return display_to_input(resize_pictures(space_.pictures(points), height_, width_), preprocess_of(model_));
}

/// f at a prepared leaf, [N].
Tensor UnitFunction::evaluate_at(const Tensor& leaf, bool taped) const {
  const Trace trace = run(model_.graph, input_of(leaf),
                          {.tape = taped ? Tape::whole : Tape::none, .keep = KeepValues::none, .until = taps_});
  return objective_.evaluate(model_.graph, model_.card, [&](ValueId v) { return trace.value(v); });
}

std::vector<double> UnitFunction::values(const Tensor& points) const {
  const c10::AutoGradMode no_grad(false);
  const Tensor all = prepared(points);
  const std::int64_t batch = batch_limit(model_.graph, most_at_once);
  std::vector<double> found;
  for (std::int64_t begin = 0; begin < all.size(0); begin += batch) {
    const auto part = numbers(evaluate_at(all.narrow(0, begin, std::min(batch, all.size(0) - begin)), false));
    found.insert(found.end(), part.begin(), part.end());
  }
  return found;
}

Tensor UnitFunction::gradients(const Tensor& points, std::vector<double>* values) const {
  const c10::AutoGradMode grad(true);
  const Tensor all = prepared(points);
  const std::int64_t batch = batch_limit(model_.graph, most_at_once);
  std::vector<Tensor> found;
  for (std::int64_t begin = 0; begin < all.size(0); begin += batch) {
    const Tensor leaf = all.narrow(0, begin, std::min(batch, all.size(0) - begin)).clone().requires_grad_();
    const Tensor each = evaluate_at(leaf, true);
    const Tensor gradient = vjp({each}, {leaf}, {at::ones_like(each)})[0];
    found.push_back(on_cpu(gradient.defined() ? gradient : at::zeros_like(leaf)));
    if (values == nullptr) continue;
    const auto part = numbers(each);
    values->insert(values->end(), part.begin(), part.end());
  }
  return at::cat(found);
}

HessianProduct UnitFunction::exact_hessian(const Tensor& point) const {
  const c10::AutoGradMode grad(true);
  const Tensor leaf = prepared(point).clone().requires_grad_();
  const Tensor each = evaluate_at(leaf, true);
  const Tensor gradient = vjp({each}, {leaf}, {at::ones_like(each)}, /*create_graph=*/true)[0];
  return [leaf, gradient](const Tensor& v) {
    const Tensor weight = v.reshape(leaf.sizes()).to(leaf.options());
    const Tensor product = gradient.defined() ? vjp({gradient}, {leaf}, {weight})[0] : Tensor{};
    return on_cpu(product.defined() ? product : at::zeros_like(leaf)).reshape({-1});
  };
}

HessianProduct UnitFunction::difference_hessian(const Tensor& point, double reach) const {
  return [this, point, reach](const Tensor& v) {
    const double size = length(v);
    if (size == 0) return at::zeros_like(v);
    const Tensor offset = v * (reach / size);
    const Tensor both = gradients(at::stack({point + offset, point - offset}));
    return (both[0] - both[1]) * (size / (2 * reach));
  };
}

// --- the optimum ---

namespace {

/// A point of a climb with what is known there.
struct Stand {
  Tensor point;
  Tensor gradient;
  Tensor uphill;  ///< the gradient along the sphere
  double value = 0;
};

Stand stand_at(const UnitFunction& f, const Tensor& point) {
  std::vector<double> values;
  const Tensor gradient = f.gradients(point, &values)[0];
  const Tensor uphill = gradient - point * (dot(gradient, point) / dot(point, point));
  return {point, gradient, uphill, values.front()};
}

/// Carries a vector along the sphere by the step from x that turned w (both along the sphere at x) by an angle.
Tensor carried(const Tensor& v, const Tensor& x, const Tensor& w, double angle) {
  const double along = dot(v, w);
  return v + along * ((std::cos(angle) - 1) * w - std::sin(angle) / length(x) * x);
}

/// The angle at which the slope would be 0 if it went on changing as it did.
double next_angle(double angle, double slope, double slope_there) {
  constexpr double most_growth = 4;
  constexpr double largest = std::numbers::pi / 4;
  const double bend = slope - slope_there;
  const double growth = bend > 0 ? std::clamp(slope / bend, 1 / most_growth, most_growth) : most_growth;
  return std::min(angle * growth, largest);
}

/// Takes one step along w; halves the angle until f rises enough. Answers false where it does not.
bool step_along(const UnitFunction& f, const Tensor& w, double& angle, Stand& stand) {
  constexpr int most_halvings = 14;
  constexpr double armijo = 1e-4;
  const double promised = dot(stand.uphill, w) * length(stand.point);
  for (int halvings = 0; halvings < most_halvings; ++halvings) {
    Stand there = stand_at(f, great_circle(stand.point, w, {angle})[0]);
    if (std::isfinite(there.value) && there.value >= stand.value + armijo * promised * angle) {
      stand = std::move(there);
      return true;
    }
    angle /= 2;
  }
  return false;
}

}  // namespace

SphereOptimum climb_on_sphere(const UnitFunction& f, const Tensor& start, const SphereClimbOptions& options) {
  constexpr double first_angle = 0.05;
  Stand stand = stand_at(f, start * (options.radius / length(start)));
  if (length(stand.gradient) == 0) {
    throw Error(ErrorKind::usage, "no gradient of '" + f.objective().text() + "' reaches the picture",
                "its units are dead there: begin with a picture, take another seed, or method=softplus");
  }
  SphereOptimum found{.first_value = stand.value};
  Tensor direction = stand.uphill;
  double angle = first_angle;
  for (; found.steps < options.steps; ++found.steps) {
    if (options.watch) options.watch(found.steps, stand.value, stand.point);
    if (length(stand.uphill) <= options.tolerance * length(stand.gradient)) break;
    if (dot(direction, stand.uphill) <= 0) direction = stand.uphill;
    const Tensor w = direction / length(direction);
    const Stand before = stand;
    if (!step_along(f, w, angle, stand)) {
      const bool steepest = direction.equal(stand.uphill);
      direction = stand.uphill;
      angle = first_angle;
      if (steepest) break;
      continue;
    }
    const Tensor old = carried(before.uphill, before.point, w, angle);
    const double factor = dot(stand.uphill, stand.uphill - old) / dot(before.uphill, before.uphill);
    const Tensor w_there = carried(w, before.point, w, angle);
    direction = stand.uphill + std::max(0.0, factor) * carried(direction, before.point, w, angle);
    angle = next_angle(angle, dot(before.uphill, w), dot(stand.uphill, w_there));
  }
  found.point = stand.point;
  found.gradient = stand.gradient;
  found.value = stand.value;
  found.slope = length(stand.uphill);
  return found;
}

// --- curvatures ---

Tensor curvature_product(const HessianProduct& hessian, const SphereOptimum& at, const Tensor& v) {
  const Tensor outward = at.point / length(at.point);
  const double bend = dot(at.point, at.gradient) / dot(at.point, at.point);
  const Tensor along = v - outward * dot(outward, v);
  const Tensor product = hessian(along);
  return product - outward * dot(outward, product) - bend * along;
}

Curvatures curvatures_at(const HessianProduct& hessian, const SphereOptimum& at, const CurvatureOptions& options) {
  const auto product = [&](const Tensor& v) { return curvature_product(hessian, at, v); };
  const Ritz ritz = lanczos(product, at.point.numel(),
                            {.steps = options.steps,
                             .wanted = options.wanted,
                             .tolerance = options.tolerance,
                             .seed = options.seed,
                             .deflated = (at.point / length(at.point)).reshape({1, -1}),
                             .watch = options.watch});
  Curvatures found{.products = static_cast<std::int64_t>(ritz.values.size()),
                   .asymmetry = ritz.asymmetry,
                   .converged = ritz.converged};
  const auto measured = [&](const RitzPair& pair) {
    const double residual = length(product(pair.vector) - pair.value * pair.vector);
    return Curvature{pair.value, residual, pair.vector};
  };
  for (const RitzPair& pair : ritz.lowest) found.lowest.push_back(measured(pair));
  for (const RitzPair& pair : ritz.highest) found.highest.push_back(measured(pair));
  return found;
}

// --- walks ---

Tensor great_circle(const Tensor& x, const Tensor& w, const std::vector<double>& angles) {
  const Tensor t = at::tensor(angles, at::kDouble).reshape({-1, 1});
  return t.cos() * x + t.sin() * (length(x) * w);
}

SphereWalk walk_until(const UnitFunction& f, const Tensor& x, const Tensor& w, double sign, double level,
                      double largest_angle) {
  constexpr int coarse = 32;
  constexpr int halvings = 8;
  double low = 0;
  double high = 0;
  for (int begin = 1; begin <= coarse && high == 0; begin += static_cast<int>(most_at_once)) {
    std::vector<double> angles;
    for (int i = begin; i < begin + most_at_once && i <= coarse; ++i)
      angles.push_back(sign * largest_angle * i / coarse);
    const std::vector<double> values = f.values(great_circle(x, w, angles));
    for (std::size_t i = 0; i < values.size() && high == 0; ++i) {
      (values[i] <= level ? high : low) = angles[i];
    }
  }
  if (high == 0) return {sign * largest_angle, false};
  for (int i = 0; i < halvings; ++i) {
    const double middle = (low + high) / 2;
    (f.values(great_circle(x, w, {middle})).front() <= level ? high : low) = middle;
  }
  return {high, true};
}

}  // namespace fovea::make

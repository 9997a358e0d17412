// Softmax regression: minimise L(W,b) = -1/N sum_n log softmax(x_n W + b)[y_n] + penalty / 2 ||W||^2, whose gradient is
// x^T (p - y) / N + penalty W, by L-BFGS (Nocedal 1980, Updating quasi-Newton matrices with limited storage). L is
// convex, so zero is as good a start as any.
// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <deque>

#include <ATen/ops/cat.h>
#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/zeros.h>

#include <fovea/probe.h>

namespace fovea {
namespace {

constexpr std::size_t most_pairs = 10;
constexpr std::int64_t most_iterations = 300;
constexpr double small_gradient = 1e-5;
constexpr double armijo = 1e-4;
constexpr int most_halvings = 30;

double dot(const Tensor& a, const Tensor& b) { return (a * b).sum().item<double>(); }

/// The problem; parameters are [D+1,K], the last row is the bias.
struct Problem {
  Tensor x;    ///< [N,D]
  Tensor hot;  ///< [N,K]
  double penalty;

  struct Value {
    double loss;
    Tensor gradient;
  };

  Value at(const Tensor& parameters) const {
    const auto count = static_cast<double>(x.size(0));
    const Tensor weight = parameters.slice(0, 0, x.size(1));
    const Tensor log_p = (x.matmul(weight) + parameters[x.size(1)]).log_softmax(1);
    const Tensor error = (log_p.exp() - hot) / count;
    const Tensor of_weight = x.t().matmul(error) + penalty * weight;
    return {-(log_p * hot).sum().item<double>() / count + penalty / 2 * dot(weight, weight),
            at::cat({of_weight, error.sum(0, true)})};
  }
};

/// One step and what it did to the gradient.
struct Pair {
  Tensor s, y;
  double rho;
};

/// The two loops: -H g for the implied inverse Hessian H.
Tensor direction_of(const Tensor& gradient, const std::deque<Pair>& pairs) {
  Tensor q = gradient;
  std::vector<double> alphas(pairs.size());
  for (std::size_t i = pairs.size(); i-- > 0;) {
    alphas[i] = pairs[i].rho * dot(pairs[i].s, q);
    q = q - alphas[i] * pairs[i].y;
  }
  if (pairs.empty())
    q = q / std::max(gradient.norm().item<double>(), 1e-300);
  else
    q = q * (dot(pairs.back().s, pairs.back().y) / dot(pairs.back().y, pairs.back().y));
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    q = q + (alphas[i] - pairs[i].rho * dot(pairs[i].y, q)) * pairs[i].s;
  }
  return -q;
}

}  // namespace

Tensor row_basis(const Tensor& x) {
  constexpr double least = 1e-12;  // of the largest eigenvalue: what lies below is rounding
  const Tensor rows = x.to(at::kDouble);
  const auto [values, vectors] = at::linalg_eigh(rows.matmul(rows.t()));
  const Tensor kept = values.gt(least * values.max()).nonzero().reshape({-1});
  return rows.t().matmul(vectors.index_select(1, kept) / values.index_select(0, kept).sqrt());
}

SoftmaxRegression fit_softmax(const Tensor& x, const Tensor& labels, std::int64_t classes, double penalty) {
  const Tensor hot = at::zeros({x.size(0), classes}, at::kDouble).scatter(1, labels.reshape({-1, 1}), 1.0);
  const Problem problem{x.to(at::kDouble).contiguous(), hot, penalty};
  Tensor parameters = at::zeros({x.size(1) + 1, classes}, at::kDouble);
  Problem::Value value = problem.at(parameters);
  std::deque<Pair> pairs;
  std::int64_t iteration = 0;
  for (; iteration < most_iterations; ++iteration) {
    if (value.gradient.abs().max().item<double>() < small_gradient) break;
    const Tensor direction = direction_of(value.gradient, pairs);
    const double slope = dot(direction, value.gradient);
    double step = 1;
    Problem::Value next = problem.at(parameters + direction);
    for (int h = 0; h < most_halvings && next.loss > value.loss + armijo * step * slope; ++h) {
      step /= 2;
      next = problem.at(parameters + step * direction);
    }
    if (next.loss >= value.loss) break;  // as low as rounding lets it be
    const Tensor s = step * direction;
    const Tensor y = next.gradient - value.gradient;
    const double curvature = dot(s, y);
    if (curvature > 0) pairs.push_back({s, y, 1 / curvature});
    if (pairs.size() > most_pairs) pairs.pop_front();
    parameters = parameters + s;
    value = next;
  }
  return {.weight = parameters.slice(0, 0, x.size(1)).contiguous(),
          .bias = parameters[x.size(1)].contiguous(),
          .loss = value.loss,
          .iterations = iteration};
}

}  // namespace fovea

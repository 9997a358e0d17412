// Softmax regression: minimise L(W,b) = -1/N sum_n log softmax(x_n W + b)[y_n] + penalty / 2 ||W||^2, whose gradient is
// x^T (p - y) / N + penalty W, by libtorch's L-BFGS (Nocedal 1980, Updating quasi-Newton matrices with limited storage)
// with a line search for the strong Wolfe conditions. L is convex, so zero is as good a start as any.
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/cat.h>
#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/zeros.h>

#include <fovea/probe.h>

#include "optimisers/shared/libtorch.h"

namespace fovea {
namespace {

constexpr std::int64_t most_pairs = 10;
constexpr std::int64_t most_iterations = 300;
constexpr double small_gradient = 1e-5;

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
  const Tensor parameters = at::zeros({x.size(1) + 1, classes}, at::kDouble);
  const auto optimiser =
      optimisers::libtorch_lbfgs({parameters}, {.rate = 1, .history = most_pairs, .line_search = true});
  Tensor known_at;  // where the value below is from: the line search often ends where it asked last
  Problem::Value value{};
  const auto ask = [&] {
    if (!known_at.defined() || !known_at.equal(parameters)) value = problem.at(parameters);
    known_at = parameters.clone();
  };
  ask();
  std::int64_t iteration = 0;
  for (; iteration < most_iterations; ++iteration) {
    if (value.gradient.abs().max().item<double>() < small_gradient) break;
    const Tensor before = parameters.clone();
    const double loss = value.loss;
    optimiser->step([&] {
      ask();
      return Uphill{-value.loss, {-value.gradient}};
    });
    ask();
    if (value.loss < loss) continue;
    parameters.copy_(before);  // as low as rounding lets it be
    ask();
    break;
  }
  return {.weight = parameters.slice(0, 0, x.size(1)).contiguous(),
          .bias = parameters[x.size(1)].contiguous(),
          .loss = value.loss,
          .iterations = iteration};
}

}  // namespace fovea

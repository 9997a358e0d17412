// Attacks by gradient, on plain tensors; see attack.h for the formulae and papers.
// SPDX-License-Identifier: Apache-2.0
#include "attack/attack.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/minimum.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros_like.h>

#include "core/random.h"

namespace fovea {
namespace {

/// Tensors as rows, one for each picture.
Tensor rows_of(const Tensor& tensor) { return tensor.reshape({tensor.size(0), -1}); }

/// One number for each picture, shaped to be multiplied with pictures.
Tensor per_picture(const Tensor& numbers, const Tensor& like) {
  Shape shape(static_cast<std::size_t>(like.dim()), 1);
  shape[0] = numbers.size(0);
  return numbers.reshape(shape).to(like.device(), like.scalar_type());
}

Tensor norms_of(const Tensor& changes) { return rows_of(changes).norm(2, {1}); }

Tensor dot(const Tensor& a, const Tensor& b) { return (rows_of(a) * rows_of(b)).sum(1); }

}  // namespace

Tensor steepest(const Tensor& gradient, Norm norm, double least) {
  if (norm == Norm::inf) return gradient.sign() * gradient.abs().gt(least);
  const Tensor lengths = norms_of(gradient);
  return gradient * per_picture(at::where(lengths.gt(0), lengths.reciprocal(), at::zeros_like(lengths)), gradient);
}

Tensor within_ball(const Tensor& change, Norm norm, double radius) {
  if (norm == Norm::inf) return change.clamp(-radius, radius);
  return change *
         per_picture((radius / norms_of(change)).clamp_max(1), change);  // 0 / 0 does not arise: radius / 0 is inf
}

Tensor random_in_ball(const Shape& shape, Norm norm, double radius, std::uint64_t seed, std::uint64_t first) {
  const Shape one(shape.begin() + 1, shape.end());
  std::vector<Tensor> changes;
  for (std::int64_t i = 0; i < shape.at(0); ++i) {
    const std::uint64_t stream = 2 * (first + static_cast<std::uint64_t>(i));  // two for each picture
    if (norm == Norm::inf) {
      changes.push_back((2 * uniform(one, seed, stream) - 1) * radius);
      continue;
    }
    const Tensor direction = normal(one, seed, stream);
    const double share =
        std::pow(uniform({1}, seed, stream + 1).item<double>(), 1 / static_cast<double>(direction.numel()));
    changes.push_back(direction * (share * radius / direction.norm().item<double>()));
  }
  return at::stack(changes);
}

Tensor attack_in_ball(const Tensor& pictures, const SlopeAt& slope, const BallAttack& attack) {
  const Tensor start = pictures.detach();
  Tensor x = attack.start.defined() ? (start + attack.start).clamp(attack.low, attack.high) : start;
  for (std::int64_t step = 0; step < attack.steps; ++step) {
    const Tensor moved = x + attack.rate * steepest(slope(x).gradient, attack.step, attack.least);
    x = (start + within_ball(moved - start, attack.norm, attack.radius)).clamp(attack.low, attack.high);
  }
  return x;
}

Tensor rms_of(const Tensor& changes) {
  return rows_of(changes.detach()).to(at::kCPU, at::kDouble).square().mean(1).sqrt();
}

namespace {

/// One search for the least change.
class Search {
 public:
  Search(const Tensor& pictures, const LeastChange& options)
      : options_(options), start_(pictures.detach()), at_(picture(start_)) {
    const auto pixels = static_cast<double>(start_[0].numel());
    largest_ = at::full_like(norms_of(start_), options.first_size * std::sqrt(pixels));
  }

  const Tensor& at() const { return at_; }
  void note(const Slope& slope);
  void move(const Slope& slope);
  LeastChanged found() const { return {best_, best_values_, reached_}; }

 private:
  /// What a file would hold of a picture.
  Tensor picture(const Tensor& x) const {
    const Tensor inside = x.clamp(options_.low, options_.high);
    return options_.levels > 0 ? (inside * options_.levels).round() / options_.levels : inside;
  }
  Tensor along(const Tensor& factors) const { return picture(start_ + per_picture(factors, start_) * direction_); }
  Tensor factors_for(const Tensor& gradient, const Tensor& needed) const;

  const LeastChange& options_;
  Tensor start_;
  Tensor at_;
  Tensor direction_;  ///< running mean of unit gradients
  Tensor further_;    ///< by how much more than is missing the linear value shall grow, [N]
  Tensor largest_;    ///< ||x' - x|| that the next step does not exceed, [N]
  std::int64_t moved_ = 0;
  Tensor best_, best_values_, best_sizes_, reached_;
};

/// Remembers where pictures reached the value with the smallest change, or else came nearest to it.
void Search::note(const Slope& slope) {
  const Tensor values = slope.values.detach();
  const Tensor sizes = norms_of(at_ - start_);
  const Tensor reached = values.ge(options_.reach);
  if (!best_.defined()) {
    best_ = at_;
    best_values_ = values;
    best_sizes_ = sizes;
    reached_ = reached;
    return;
  }
  const Tensor nearer = at::where(reached, reached_.logical_not().logical_or(sizes.lt(best_sizes_)),
                                  reached_.logical_not().logical_and(values.gt(best_values_)));
  best_ = at::where(per_picture(nearer, at_).to(at::kBool), at_, best_);
  best_values_ = at::where(nearer, values, best_values_);
  best_sizes_ = at::where(nearer, sizes, best_sizes_);
  reached_ = reached_.logical_or(reached);
}

/// Finds for each picture the least factor of the direction with which the linear value grows by what is needed, by
/// doubling and halving; at most the one at which the change has its largest size.
Tensor Search::factors_for(const Tensor& gradient, const Tensor& needed) const {
  constexpr int halvings = 20;
  const Tensor unit = norms_of(direction_);
  Tensor high = largest_ / unit.clamp_min(std::numeric_limits<float>::min());
  Tensor low = at::zeros_like(high);
  for (int i = 0; i < halvings; ++i) {
    const Tensor middle = (low + high) / 2;
    const Tensor enough = dot(gradient, along(middle) - at_).ge(needed);
    high = at::where(enough, middle, high);
    low = at::where(enough, low, middle);
  }
  return high;
}

void Search::move(const Slope& slope) {
  // Networks bend: what the linear value promised is mostly missed at first, and exceeded once the change has settled.
  // Measured on GoogLeNet: it is to be asked for more slowly than it is to be given up.
  constexpr double share_of_lack = 0.1;
  constexpr double share_of_excess = 0.3;
  constexpr double most_further = 10;
  const Tensor newest = steepest(slope.gradient.detach(), Norm::l2);
  const double share = std::min(1.0, static_cast<double>(moved_++) / static_cast<double>(options_.steps));
  const double memory = options_.first_memory + share * (options_.last_memory - options_.first_memory);
  direction_ = direction_.defined() ? memory * direction_ + (1 - memory) * newest : newest;
  const Tensor missing = options_.reach - slope.values.detach();
  const Tensor wanted = missing * at::where(missing.gt(0), at::full_like(missing, share_of_lack),
                                            at::full_like(missing, share_of_excess));
  further_ = further_.defined() ? (further_ + wanted).clamp(options_.slack, most_further)
                                : at::full_like(missing, options_.slack);
  const Tensor factors = factors_for(slope.gradient.detach(), missing + further_);
  at_ = along(factors);
  largest_ = at::maximum(largest_, 2 * norms_of(at_ - start_));
}

}  // namespace

LeastChanged least_change(const Tensor& pictures, const SlopeAt& slope, const LeastChange& options) {
  const c10::AutoGradMode no_grad(false);
  Search search(pictures, options);
  for (std::int64_t step = 0;; ++step) {
    const Slope here = slope(search.at());
    search.note(here);
    const bool enough = search.found().reached.all().item<bool>();
    if (step >= options.steps + (enough ? 0 : options.more_steps)) break;
    search.move(here);
  }
  return search.found();
}

}  // namespace fovea

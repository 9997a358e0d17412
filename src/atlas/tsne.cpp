// t-SNE: gradient descent on KL(P || Q) with momentum and gains,
//   v <- alpha v - eta g dC/dy,   y <- y + v,   g grows by 0.2 where v and the slope agree on the way, else shrinks by
//   0.8,
// P being exaggerated at first. van der Maaten, Hinton 2008, section 3.4; van der Maaten 2014, section 5.1; the
// learning rate is Belkina et al.'s 2019 (Automated optimized parameters for t-SNE, N / exaggeration) over 4, as
// scikit-learn's.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <string>

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>

#include <fovea/error.h>

#include "atlas/attraction.h"
#include "atlas/embedding_table.h"
#include "atlas/quad_tree.h"
#include "atlas/tsne_parts.h"
#include "core/random.h"

namespace fovea {
namespace {

constexpr double neighbours_per_perplexity = 3;  // van der Maaten 2014, section 4.1
constexpr float first_momentum = 0.5F;           // while P is exaggerated
constexpr float later_momentum = 0.8F;
constexpr float gain_step = 0.2F;
constexpr float gain_decay = 0.8F;
constexpr float least_gain = 0.01F;
constexpr double least_learning_rate = 50;  // scikit-learn's
constexpr double random_deviation = 1e-4;   // van der Maaten 2014, section 5.1
constexpr std::int64_t history_step = 50;
constexpr std::int64_t block = 256;  // points whose gradient one thread computes at a time

/// Throws unless a choice lies in its range.
void check(bool fits, const std::string& expected, const std::string& found) {
  if (!fits) throw Error(ErrorKind::usage, expected + "; found " + found);
}

void check_options(const TsneOptions& options, std::int64_t rows) {
  check(options.perplexity >= 1 && std::isfinite(options.perplexity), "perplexity must be 1 or more",
        std::to_string(options.perplexity));
  check(options.theta >= 0 && options.theta <= 1, "theta must lie between 0 and 1", std::to_string(options.theta));
  check(options.exaggeration >= 1 && std::isfinite(options.exaggeration), "exaggeration must be 1 or more",
        std::to_string(options.exaggeration));
  check(options.learning_rate >= 0 && std::isfinite(options.learning_rate),
        "the learning rate must be above 0, or 0 for the usual one", std::to_string(options.learning_rate));
  check(options.iterations >= 0, "iterations must be 0 or more", std::to_string(options.iterations));
  check(options.exaggerated >= 0, "exaggerated iterations must be 0 or more", std::to_string(options.exaggerated));
  if (static_cast<double>(rows - 1) < neighbours_per_perplexity * options.perplexity) {
    throw Error(ErrorKind::usage,
                "a perplexity of " + std::to_string(options.perplexity) + " needs more than " +
                    std::to_string(std::llround(std::floor(neighbours_per_perplexity * options.perplexity))) +
                    " rows; found " + std::to_string(rows),
                "a perplexity of up to " + std::to_string(std::llround(std::floor(static_cast<double>(rows - 1) / 3))) +
                    " fits");
  }
}

/// The state of the descent along one axis of the plane.
struct Axis {
  explicit Axis(std::size_t count) : velocity(count, 0.0F), gain(count, 1.0F) {}

  std::vector<float> velocity, gain;
};

/// How a step is made.
struct Step {
  float rate, momentum, exaggeration;
};

class Descent {
 public:
  Descent(const JointProbabilities& p, const Tensor& start, double theta)
      : theta_(theta),
        springs_(make_springs(p)),
        points_(static_cast<std::size_t>(p.size())),
        attraction_(points_.x.size()),
        x_(points_.x.size()),
        y_(points_.x.size()) {
    for (std::size_t i = 0; i < points_.x.size(); ++i) {
      points_.x[i] = start.data_ptr<float>()[2 * i];
      points_.y[i] = start.data_ptr<float>()[2 * i + 1];
    }
  }

  const PlanePoints& points() const { return points_; }

  /// Computes Z at the points, and what they do to each other.
  double normaliser() {
    build_tree(tree_, points_);
    repel(tree_, theta_, repulsion_);
    return repulsion_.normaliser;
  }

  /// Moves the points once.
  void step(const Step& step) {
    const auto inverse = static_cast<float>(1 / normaliser());
    const auto count = static_cast<std::int64_t>(points_.x.size());
    std::atomic<std::int64_t> next = 0;
    at::parallel_for(0, at::get_num_threads(), 1, [&](std::int64_t, std::int64_t) {
      for (std::int64_t begin = next.fetch_add(block); begin < count; begin = next.fetch_add(block)) {
        const std::int64_t end = std::min(begin + block, count);
        attract(springs_, points_, begin, end, attraction_);
        accelerate(x_, attraction_.x, repulsion_.force.x, inverse, step, begin, end);
        accelerate(y_, attraction_.y, repulsion_.force.y, inverse, step, begin, end);
      }
    });
    for (std::size_t i = 0; i < points_.x.size(); ++i) points_.x[i] += x_.velocity[i];
    for (std::size_t i = 0; i < points_.y.size(); ++i) points_.y[i] += y_.velocity[i];
  }

 private:
  static void accelerate(Axis& axis, const std::vector<float>& attraction, const std::vector<float>& repulsion,
                         float inverse, const Step& step, std::int64_t begin, std::int64_t end) {
    for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
      const float slope = 4 * (step.exaggeration * attraction[i] - repulsion[i] * inverse);
      const float gain = axis.velocity[i] * slope < 0 ? axis.gain[i] + gain_step : axis.gain[i] * gain_decay;
      axis.gain[i] = std::max(gain, least_gain);
      axis.velocity[i] = step.momentum * axis.velocity[i] - step.rate * axis.gain[i] * slope;
    }
  }

  double theta_;
  Springs springs_;
  PlanePoints points_;
  PlanePoints attraction_;
  Axis x_;
  Axis y_;
  QuadTree tree_;
  Repulsion repulsion_;
};

/// Returns points as a layout [N,2] of mean 0.
Tensor centred_layout(const PlanePoints& points) {
  const auto count = static_cast<std::int64_t>(points.x.size());
  double x = 0;
  double y = 0;
  for (const float value : points.x) x += static_cast<double>(value) / static_cast<double>(count);
  for (const float value : points.y) y += static_cast<double>(value) / static_cast<double>(count);
  Tensor layout = at::empty({count, 2}, at::kFloat);
  for (std::size_t i = 0; i < points.x.size(); ++i) {
    layout.data_ptr<float>()[2 * i] = static_cast<float>(static_cast<double>(points.x[i]) - x);
    layout.data_ptr<float>()[2 * i + 1] = static_cast<float>(static_cast<double>(points.y[i]) - y);
  }
  return layout;
}

}  // namespace

double fitting_perplexity(std::int64_t rows) {
  return std::clamp(static_cast<double>(rows - 1) / neighbours_per_perplexity, 1.0, TsneOptions{}.perplexity);
}

Tsne tsne(const Tensor& table, const TsneOptions& options, const std::function<bool(const TsneStatus&)>& progress) {
  const Tensor rows = checked_table(table, "the table");
  const std::int64_t count = rows.size(0);
  check_options(options, count);
  const auto k = static_cast<std::int64_t>(neighbours_per_perplexity * options.perplexity);
  const Neighbours neighbours = NeighbourIndex(rows, {.search = options.search}).search_itself(k);
  const JointProbabilities p = joint_probabilities(neighbours, options.perplexity);
  const Tensor start =
      options.start == TsneStart::pca ? tsne_pca_start(rows) : normal({count, 2}, options.seed, 0) * random_deviation;
  const double usual_rate = std::max(static_cast<double>(count) / options.exaggeration / 4, least_learning_rate);
  const auto rate = static_cast<float>(options.learning_rate > 0 ? options.learning_rate : usual_rate);
  Descent descent(p, start, options.theta);
  Tsne result;
  TsneStatus status{.iterations = options.iterations, .kl = std::numeric_limits<double>::infinity()};
  while (status.iteration < options.iterations) {
    const bool exaggerated = status.iteration < options.exaggerated;
    descent.step({.rate = rate,
                  .momentum = exaggerated ? first_momentum : later_momentum,
                  .exaggeration = exaggerated ? static_cast<float>(options.exaggeration) : 1.0F});
    if (++status.iteration % history_step == 0) {
      status.kl = divergence(p, descent.points(), descent.normaliser());
      result.kl_history.push_back(status.kl);
    }
    if (progress && !progress(status)) break;
  }
  result.iterations = status.iteration;
  result.kl = divergence(p, descent.points(), descent.normaliser());
  result.layout = centred_layout(descent.points());
  return result;
}

}  // namespace fovea

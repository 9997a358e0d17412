// SPDX-License-Identifier: Apache-2.0
#include "train/schedule.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace fovea {
namespace {

constexpr double plateau_factor = 0.1;

/// Counts how often the validation loss stayed where it was for `patience` epochs.
int plateaus(std::span<const EpochFigures> history, std::int64_t patience) {
  int count = 0;
  double best = std::numeric_limits<double>::infinity();
  std::int64_t waited = 0;
  for (const EpochFigures& epoch : history) {
    if (epoch.validation_loss < best) {
      best = epoch.validation_loss;
      waited = 0;
    } else if (++waited == patience) {
      ++count;
      waited = 0;
    }
  }
  return count;
}

}  // namespace

double rate_at(const TrainOptions& options, std::int64_t step, std::int64_t batches_per_epoch,
               std::span<const EpochFigures> history) {
  const double warm_up = options.warm_up * static_cast<double>(batches_per_epoch);
  const auto at = static_cast<double>(step);
  if (at < warm_up) return options.rate * (at + 1) / warm_up;
  switch (options.schedule) {
    case Schedule::cosine: {
      const double total = static_cast<double>(options.epochs * batches_per_epoch) - warm_up;
      const double done = std::clamp((at - warm_up) / std::max(total, 1.0), 0.0, 1.0);
      return options.rate * (1 + std::cos(std::numbers::pi * done)) / 2;
    }
    case Schedule::plateau: return options.rate * std::pow(plateau_factor, plateaus(history, options.patience));
    case Schedule::constant: break;
  }
  return options.rate;
}

}  // namespace fovea

// Learning rates: a linear rise, then a cosine, steps at plateaus, or nothing.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include <fovea/train.h>

namespace fovea {

/// Returns the learning rate of a batch, counted from the start of the training. `history` holds the epochs before it.
double rate_at(const TrainOptions& options, std::int64_t step, std::int64_t batches_per_epoch,
               std::span<const EpochFigures> history);

}  // namespace fovea

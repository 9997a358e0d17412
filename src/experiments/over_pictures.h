// Going through a data set in batches, with the network's classes of its labels.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include <fovea/data.h>
#include <fovea/model.h>

namespace fovea {

/// How a data set is gone through.
struct OverPictures {
  std::int64_t batch = 32;
  int threads = 1;
};

/// Hands every batch on, in order, its input where the network's weights are; returns the pictures that are broken.
/// Throws `Error(usage)` when the model does not say how a picture becomes its input, or when no picture was read.
std::vector<Broken> for_each_batch(const Model& model, const Pictures& pictures, const OverPictures& choices,
                                   const std::function<void(const Batch&)>& take);

}  // namespace fovea

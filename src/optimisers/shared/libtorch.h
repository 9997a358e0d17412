// libtorch's optimisers behind Fovea's interface; the one file below it reads libtorch's heavy headers.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include <fovea/optimiser.h>

namespace fovea::optimisers {

/// torch::optim::SGD with momentum; its rate moves in a straight line from `rate` to `last_rate` over `steps`.
struct SgdChoice {
  double rate = 0;
  double last_rate = 0;
  double momentum = 0;
  std::int64_t steps = 0;
};
std::unique_ptr<Optimiser> libtorch_sgd(std::vector<Tensor> parameters, const SgdChoice& choice);

/// torch::optim::Adam.
struct AdamChoice {
  double rate = 0;
  double beta1 = 0;
  double beta2 = 0;
  double epsilon = 0;
};
std::unique_ptr<Optimiser> libtorch_adam(std::vector<Tensor> parameters, const AdamChoice& choice);

/// torch::optim::LBFGS, one of its iterations a step.
struct LbfgsChoice {
  double rate = 1;
  std::int64_t history = 0;
  bool line_search = true;
};
std::unique_ptr<Optimiser> libtorch_lbfgs(std::vector<Tensor> parameters, const LbfgsChoice& choice);

}  // namespace fovea::optimisers

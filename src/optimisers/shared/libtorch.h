// libtorch's optimisers behind Fovea's interface; the one file below it reads libtorch's heavy headers.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include <fovea/optimiser.h>

namespace fovea::optimisers {

/// A rate that moves in a straight line from the first step's to the last's.
struct RateLine {
  double first = 0;
  double last = 0;
  std::int64_t steps = 0;
};
/// The option that every optimiser with a `rate` shares; -1 stands for no change.
constexpr Option last_rate_option() {
  return {.name = "last_rate",
          .type = OptionType::number,
          .fallback = "-1",
          .range = "-1..1e12",
          .help = "Rate of the last step, reached in a straight line; -1: the same as the first."};
}
/// Reads `rate` and `last_rate`.
RateLine rate_line(const OptimiserCall& call);

/// torch::optim::SGD with momentum.
struct SgdChoice {
  RateLine rate;
  double momentum = 0;
};
std::unique_ptr<Optimiser> libtorch_sgd(std::vector<Tensor> parameters, const SgdChoice& choice);

/// torch::optim::Adam.
struct AdamChoice {
  RateLine rate;
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

// Optimisers: how parameters follow a gradient uphill. libtorch's where it has them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fovea/api.h>
#include <fovea/options.h>
#include <fovea/part.h>
#include <fovea/tensor.h>

namespace FOVEA_API fovea {

/// What an objective is at the parameters as they are: its value and its gradient at each of them. Both are to be
/// maximised.
struct Uphill {
  double value = 0;               ///< summed over pictures
  std::vector<Tensor> gradients;  ///< as the parameters; never undefined
};
using AskUphill = std::function<Uphill()>;

/// Moves parameters. What it remembers from step to step can be laid down and taken up.
class Optimiser {
 public:
  virtual ~Optimiser() = default;
  /// Makes one step from where the parameters are; asks at least once, last of all not necessarily where it ends.
  virtual void step(const AskUphill& ask) = 0;
  /// Returns what it remembers, as bytes.
  virtual std::string state() const { return {}; }
  /// Takes up what another of its kind remembered.
  virtual void restore(const std::string& /*state*/) {}
};

/// What an optimiser is made for.
struct OptimiserCall {
  std::vector<Tensor> parameters;  ///< leaves that require gradients; moved in place
  const Options& options;
  std::int64_t steps = 0;  ///< how many there will be, for rates that change
};

/// One kind of optimiser, one file of src/optimisers.
struct OptimiserKind {
  std::string_view name;
  std::string_view sentence;
  std::string_view paper;
  std::span<const Option> options = {};
  std::unique_ptr<Optimiser> (*make)(const OptimiserCall&) = nullptr;
};

/// Returns every optimiser, sorted by name.
std::span<const OptimiserKind* const> all_optimisers();
/// Makes one from its text, e.g. "adam(rate=0.05)"; throws `Error(usage)`.
std::unique_ptr<Optimiser> make_optimiser(std::string_view text, std::vector<Tensor> parameters, std::int64_t steps);

}  // namespace fovea

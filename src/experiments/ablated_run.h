// A network's runs as it is and without what is switched off.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <fovea/ablate.h>

namespace fovea {

/// Runs inputs twice: as the network is, and from what is switched off on. `model` and `set` must outlive it.
class AblatedRun {
 public:
  /// Throws `Error(usage)` for a value that the class scores do not depend on.
  AblatedRun(const Model& model, const AblationSet& set);
  AblatedScores operator()(const Tensor& input) const;

 private:
  const Model& model_;
  const AblationSet& set_;
  std::vector<ValueId> values_;  ///< that are switched off, each once, in the order of the graph
  std::vector<ValueId> kept_;    ///< of the run as it is: what the second one needs and nothing has touched
};

}  // namespace fovea

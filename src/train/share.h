// A step's work in shares: what one micro-batch of pictures adds to the step, and how shares become one, in their
// order, whichever rank made them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <fovea/network.h>
#include <fovea/ranks.h>
#include <fovea/tensor.h>

namespace fovea {

/// What a micro-batch adds to a step.
struct Share {
  std::vector<Tensor> gradients;   ///< of its mean loss, one per trained weight
  std::vector<Tensor> statistics;  ///< batch norms' running statistics after it alone
  double loss = 0;                 ///< mean over its pictures
  std::int64_t right = 0;
  std::int64_t pictures = 0;  ///< 0: none could be read, and the tensors hold zeros
};

/// Cuts a step into micro-batches and hands each rank a run of them.
struct Split {
  std::int64_t micro_batches = 1;  ///< of a step
  int rank = 0;
  int ranks = 1;

  /// First micro-batch of a rank's run, and of the next rank's.
  std::int64_t begin(int of_rank) const { return of_rank * micro_batches / ranks; }
  bool mine(std::int64_t micro_batch) const { return micro_batch >= begin(rank) && micro_batch < begin(rank + 1); }
  /// The longest run of any rank.
  std::int64_t longest() const;
};

/// Joins shares in order: gradients, statistics and loss are means weighted by pictures. One share stays as it is, bit
/// for bit. Throws `Error(format)` when none has a picture.
Share joined(const std::vector<Share>& shares);

/// A step's shares from all ranks, in the order of micro-batches, and whether any rank wants to stop. `mine` are this
/// rank's, in order; all ranks must call it. `like` gives the shapes.
struct Exchange {
  std::vector<Share> shares;
  bool stop = false;
};
Exchange exchange(Ranks& ranks, const Split& split, const std::vector<Share>& mine, const Share& like, bool stop);

}  // namespace fovea

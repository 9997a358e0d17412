// Several processes that work on one thing, on one machine or many: they find each other as srun, mpirun and torchrun
// tell them to, share counters and texts, and notice when one of them is gone. c10d's TCPStore and Gloo underneath.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fovea/api.h>
#include <fovea/tensor.h>

namespace FOVEA_API fovea {

/// Who a process is among its peers, and where they meet.
struct RankOptions {
  int rank = 0;
  int size = 1;
  std::string address = "127.0.0.1";  ///< of rank 0's machine
  int port = 29500;                   ///< there; the same for all
  double wait = 60;                   ///< seconds until a rank that does not come counts as missing
  double patience = 15;               ///< seconds of silence after which a rank counts as gone
};

/// Reads RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT (torchrun), or Open MPI's or Slurm's names for the first two.
/// Nothing when there are none, or one rank only. Throws `Error(usage)` when they contradict each other.
std::optional<RankOptions> ranks_from_environment();

/// One process's end of the line. All members may be called from several threads.
class Ranks {
 public:
  /// Meets the others. Throws `Error(resource)` naming the ranks that did not come in time, or the place where rank 0
  /// does not answer.
  explicit Ranks(RankOptions options);
  /// Says goodbye; rank 0, who keeps what is shared, first waits until the others have left or are gone.
  ~Ranks();
  Ranks(const Ranks&) = delete;
  Ranks& operator=(const Ranks&) = delete;

  int rank() const;
  int size() const;

  /// Adds to a shared counter, which begins at 0, and returns what it is then.
  std::int64_t count(const std::string& name, std::int64_t by);
  /// Lays down a shared text.
  void tell(const std::string& name, const std::string& text);
  /// Returns a shared text, or nothing when it was not laid down yet.
  std::optional<std::string> told(const std::string& name);
  /// Waits for a shared text that `from` is to lay down. Throws `Error(resource)` when that rank is gone.
  std::string wait_for(const std::string& name, int from);
  /// Tells whether a rank has not been heard of for longer than the patience.
  bool gone(int rank);

  /// Returns every rank's tensor, in the order of ranks; all must call it with the same shape and type. Throws
  /// `Error(resource)` when a rank is gone.
  std::vector<Tensor> gather(const Tensor& mine);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace fovea

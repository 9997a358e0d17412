// Incremental runs: what many pictures that differ from one in a small box each make of a network, computing only the
// part of every value that the box can influence.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <fovea/graph.h>
#include <fovea/trace.h>

#include "core/box_batch.h"

namespace fovea {

/// Recomputes a run for changed inputs. Geometry comes from the ops (the union over branches); from the first op
/// without locality on, values are computed whole.
class Incremental {
 public:
  /// `base` is a run of batch 1 that kept all values; it must outlive this. `targets` are the values that are wanted.
  /// `field` below 1 cuts boxes to that share of a value's sides about their middle: faster, no longer exact.
  Incremental(const Trace& base, std::vector<ValueId> targets, double field = 1);

  /// What became of one target.
  struct Changed {
    Tensor whole;  ///< [B,...] where it was computed whole (or expanded where nothing changed)
    Boxes boxes;   ///< else what changed
  };

  /// Runs with boxes changed in the network's first input; answers in the order of the targets.
  std::vector<Changed> run(const Boxes& changed) const;
  /// Returns a target's value for every picture, [B,...].
  Tensor whole(std::size_t target, const Changed& changed) const;
  /// Returns the sum over space of channel `k` of a target that is a map, [B].
  Tensor channel_sum(std::size_t target, const Changed& changed, std::int64_t k) const;

  /// Multiply-adds of one picture with the box [h,w] at a place, regions clipped at the borders (no box is enlarged to
  /// fit others): what the least work is.
  std::int64_t macs(const Place& place, std::int64_t height, std::int64_t width) const;
  /// Multiply-adds of a whole run up to the targets.
  std::int64_t whole_macs() const;
  /// Estimates the bytes that one picture of a batch takes at most at a time.
  std::int64_t bytes_per_picture(std::int64_t height, std::int64_t width) const;

 private:
  struct Part;
  struct Plan;
  Plan plan(const Node& node, const std::vector<Part>& parts, std::size_t pictures) const;
  Part compute_boxes(const Node& node, const Plan& plan, const std::vector<Part>& parts) const;
  Part compute_whole(const Node& node, const std::vector<Part>& parts, std::int64_t pictures) const;
  Tensor materialise(ValueId value, const Part& part, std::int64_t pictures) const;

  const Trace& base_;
  std::vector<ValueId> targets_;
  double field_;
  std::vector<Shape> shapes_;
  std::vector<bool> wanted_;     ///< nodes on the way from the input to a target
  std::vector<Tensor> factors_;  ///< by node: what an average pool's window counts, where not all positions
};

}  // namespace fovea

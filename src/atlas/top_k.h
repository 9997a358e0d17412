// The k strongest answers of every channel, at most one of each picture, kept while pictures go by: larger scores
// first, equal ones in the order of the pictures. The result does not depend on the order in which pictures come.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include <fovea/atlas.h>

#include "atlas/channel_maxima.h"

namespace fovea {

/// Tells whether an answer goes before another one.
inline bool stronger(const Strongest& a, const Strongest& b) {
  return a.score != b.score ? a.score > b.score : a.picture < b.picture;
}

/// Takes [channels] x k places of memory whatever it is offered.
class ChannelTops {
 public:
  ChannelTops(std::int64_t channels, std::int64_t k);

  std::int64_t channels() const { return channels_; }
  std::int64_t k() const { return k_; }
  /// Offers row `n` of a batch's maxima, those of a picture that was not offered before.
  void offer(const ChannelMaxima& maxima, std::int64_t n, std::int64_t picture);
  /// Offers one answer.
  void offer(std::int64_t channel, const Strongest& answer);
  /// Offers all that another one kept, of other pictures.
  void merge(const ChannelTops& other);
  /// Returns a channel's answers, strongest first.
  std::span<const Strongest> of(std::int64_t channel) const;
  /// Returns all k of every channel, one channel after another, the missing ones with picture -1.
  const std::vector<Strongest>& all() const { return kept_; }

 private:
  std::int64_t channels_;
  std::int64_t k_;
  std::vector<Strongest> kept_;
};

}  // namespace fovea

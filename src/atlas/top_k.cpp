// Insertion into short sorted lists: nearly every answer is weaker than the last one kept, which one comparison tells.
// SPDX-License-Identifier: Apache-2.0
#include "atlas/top_k.h"

#include <algorithm>

namespace fovea {

ChannelTops::ChannelTops(std::int64_t channels, std::int64_t k)
    : channels_(channels), k_(k), kept_(static_cast<std::size_t>(channels * k)) {}

void ChannelTops::offer(std::int64_t channel, const Strongest& answer) {
  if (answer.picture < 0 || answer.place < 0) return;
  Strongest* const first = kept_.data() + channel * k_;
  Strongest* const last = first + k_ - 1;
  if (last->picture >= 0 && !stronger(answer, *last)) return;
  Strongest* free = last;
  for (; free > first && ((free - 1)->picture < 0 || stronger(answer, *(free - 1))); --free) *free = *(free - 1);
  *free = answer;
}

void ChannelTops::offer(const ChannelMaxima& maxima, std::int64_t n, std::int64_t picture) {
  const auto* score = maxima.score.data_ptr<float>() + n * channels_;
  const auto* place = maxima.place.data_ptr<std::int32_t>() + n * channels_;
  for (std::int64_t c = 0; c < channels_; ++c) offer(c, {score[c], place[c], picture});
}

void ChannelTops::merge(const ChannelTops& other) {
  for (std::int64_t c = 0; c < channels_; ++c) {
    for (const Strongest& answer : other.of(c)) offer(c, answer);
  }
}

std::span<const Strongest> ChannelTops::of(std::int64_t channel) const {
  const auto first = kept_.begin() + channel * k_;
  const auto end = std::find_if(first, first + k_, [](const Strongest& answer) { return answer.picture < 0; });
  return {first, end};
}

}  // namespace fovea

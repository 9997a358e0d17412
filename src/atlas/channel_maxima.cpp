// One pass over a value's numbers. In channels_last all channels of a position lie side by side, so a block of channels
// keeps its maxima in registers while the positions go by; in row-major order each channel is one run of numbers.
// SPDX-License-Identifier: Apache-2.0
#include "atlas/channel_maxima.h"

#include <algorithm>
#include <limits>

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>

#include <fovea/error.h>

#include "core/fused.h"

namespace fovea {
namespace {

constexpr std::int64_t channel_block = 32;  // maxima and places of a block fit the registers

/// Maxima of up to `channel_block` channels that lie side by side, `stride` numbers from one position to the next.
FOVEA_VECTOR_CLONES
void scan_block(const float* x, std::int64_t positions, std::int64_t stride, std::int64_t channels, float* score,
                std::int32_t* place) {
  float best[channel_block];
  std::int32_t where[channel_block];
  for (std::int64_t c = 0; c < channel_block; ++c) {
    best[c] = -std::numeric_limits<float>::infinity();
    where[c] = -1;
  }
  if (channels == channel_block) {
    for (std::int64_t p = 0; p < positions; ++p, x += stride) {
      for (std::int64_t c = 0; c < channel_block; ++c) {
        const bool higher = x[c] > best[c];
        best[c] = higher ? x[c] : best[c];
        where[c] = higher ? static_cast<std::int32_t>(p) : where[c];
      }
    }
  } else {
    for (std::int64_t p = 0; p < positions; ++p, x += stride) {
      for (std::int64_t c = 0; c < channels; ++c) {
        const bool higher = x[c] > best[c];
        best[c] = higher ? x[c] : best[c];
        where[c] = higher ? static_cast<std::int32_t>(p) : where[c];
      }
    }
  }
  std::copy_n(best, channels, score);
  std::copy_n(where, channels, place);
}

/// The maximum of one channel that lies in one run.
FOVEA_VECTOR_CLONES
float scan_run(const float* x, std::int64_t positions) {
  float best = -std::numeric_limits<float>::infinity();
  for (std::int64_t p = 0; p < positions; ++p) best = x[p] > best ? x[p] : best;
  return best;
}

void scan_channels_last(const float* x, std::int64_t pictures, std::int64_t channels, std::int64_t positions,
                        float* score, std::int32_t* place) {
  const std::int64_t blocks = (channels + channel_block - 1) / channel_block;
  at::parallel_for(0, pictures * blocks, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const std::int64_t n = i / blocks;
      const std::int64_t first = i % blocks * channel_block;
      const std::int64_t at = n * channels + first;
      scan_block(x + n * channels * positions + first, positions, channels, std::min(channel_block, channels - first),
                 score + at, place + at);
    }
  });
}

void scan_rows(const float* x, std::int64_t rows, std::int64_t positions, float* score, std::int32_t* place) {
  at::parallel_for(0, rows, 64, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const float* run = x + i * positions;
      score[i] = scan_run(run, positions);
      const float* found = std::find(run, run + positions, score[i]);
      const bool none = found == run + positions || *found == -std::numeric_limits<float>::infinity();
      place[i] = none ? -1 : static_cast<std::int32_t>(found - run);
    }
  });
}

}  // namespace

ChannelMaxima channel_maxima(const Tensor& value) {
  if (value.dim() < 2 || !value.is_floating_point()) {
    throw Error(ErrorKind::shape, "channels are counted along axis 1 of numbers [N,C,...]; found " +
                                      std::to_string(value.dim()) + " axes");
  }
  const std::int64_t pictures = value.size(0);
  const std::int64_t channels = value.size(1);
  const std::int64_t positions = value.numel() / std::max<std::int64_t>(pictures * channels, 1);
  ChannelMaxima maxima{at::empty({pictures, channels}, at::kFloat), at::empty({pictures, channels}, at::kInt)};
  const Tensor numbers = value.detach().to(at::kCPU, at::kFloat);
  auto* score = maxima.score.data_ptr<float>();
  auto* place = maxima.place.data_ptr<std::int32_t>();
  if (numbers.dim() == 4 && numbers.is_contiguous(at::MemoryFormat::ChannelsLast)) {
    scan_channels_last(numbers.data_ptr<float>(), pictures, channels, positions, score, place);
  } else {
    const Tensor rows = numbers.contiguous();
    scan_rows(rows.data_ptr<float>(), pictures * channels, positions, score, place);
  }
  return maxima;
}

}  // namespace fovea

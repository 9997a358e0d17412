// Channels are gone through in blocks that fit the registers' neighbourhood: one output pixel at a time, its totals,
// its shares, its additions to the inputs of its window.
// SPDX-License-Identifier: Apache-2.0
#include "core/depthwise.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/zeros_like.h>

#include "core/fused.h"

namespace fovea {
namespace {

constexpr std::int64_t block = 64;  // channels at a time

/// One tap of a window: where its input is (from the window's corner), and its weights [channels].
struct Tap {
  std::int64_t row;
  std::int64_t column;
  std::int64_t offset;
  const float* weight;
};

/// What one output pixel shares out, for neighbouring channels.
struct Pixel {
  const float* input;
  const float* relevance;
  float* result;
  std::int64_t channel;  ///< the first of those to share now
  std::int64_t corner;   ///< where the window begins, from `input` and `result`; may lie before the picture
  const std::vector<Tap>* taps;
  float* contributions;  ///< room for [taps][block]
  float floor;           ///< contributions count from here on: 0, or -infinity for the raw rule
  float spread;          ///< 1 where what nothing excites is spread, else 0
  float least;
};

[[gnu::always_inline]] inline float contribution(float weight, float input, float floor) {
  const float product = weight * input;
  return product > floor ? product : floor;
}

[[gnu::always_inline]] inline void share(const Pixel& pixel, std::int64_t channels) {
  float total[block] = {};  // NOLINT(modernize-avoid-c-arrays): registers
  float even[block];        // NOLINT(modernize-avoid-c-arrays)
  const float floor = pixel.floor;
  float* __restrict kept = pixel.contributions;
  for (const Tap& tap : *pixel.taps) {
    const float* const __restrict in = pixel.input + (pixel.corner + tap.offset + pixel.channel);
    const float* const __restrict weight = tap.weight + pixel.channel;
    for (std::int64_t c = 0; c < channels; ++c) {
      kept[c] = contribution(weight[c], in[c], floor);
      total[c] += kept[c];
    }
    kept += block;
  }
  const float each = pixel.spread / static_cast<float>(pixel.taps->size());
  const float least = pixel.least;
  for (std::int64_t c = 0; c < channels; ++c) {
    const bool excited = std::abs(total[c]) > least;
    const float relevance = pixel.relevance[pixel.channel + c];
    const float quotient = relevance / (excited ? total[c] : 1.0f);
    total[c] = excited ? quotient : 0.0f;
    even[c] = excited ? 0.0f : relevance * each;
  }
  kept = pixel.contributions;
  for (const Tap& tap : *pixel.taps) {
    float* const __restrict out = pixel.result + (pixel.corner + tap.offset + pixel.channel);
    for (std::int64_t c = 0; c < channels; ++c) out[c] += kept[c] * total[c] + even[c];
    kept += block;
  }
}

/// Shares out the relevance of one output pixel over its taps, block by block of its channels.
FOVEA_VECTOR_CLONES
void share_pixel(Pixel pixel, std::int64_t channels) {
  for (; channels >= block; channels -= block) {  // a count known when compiled
    share(pixel, block);
    pixel.channel += block;
  }
  if (channels == block / 2) {
    share(pixel, block / 2);
  } else if (channels > 0) {
    share(pixel, channels);
  }
}

/// Returns the weights as [kh * kw][channels].
std::vector<float> by_tap(const Tensor& weight, bool raw) {
  const Tensor rows = weight.reshape({weight.size(0), -1}).t().contiguous();
  std::vector<float> values(rows.data_ptr<float>(), rows.data_ptr<float>() + rows.numel());
  if (raw) {
    for (float& value : values) value = std::max(value, 0.0f);
  }
  return values;
}

/// Lists the taps of a window in row order; `weights` are [taps][channels].
std::vector<Tap> taps_of(const Window2d& window, std::int64_t width, std::int64_t channels, const float* weights) {
  std::vector<Tap> taps;
  for (std::int64_t y = 0; y < window.kernel[0]; ++y) {
    for (std::int64_t x = 0; x < window.kernel[1]; ++x) {
      const std::int64_t row = y * window.dilation[0];
      const std::int64_t column = x * window.dilation[1];
      taps.push_back({row, column, (row * width + column) * channels, weights});
      weights += channels;
    }
  }
  return taps;
}

bool channels_last(const Tensor& t) {
  return t.is_cpu() && t.dim() == 4 && t.scalar_type() == at::kFloat && t.is_contiguous(at::MemoryFormat::ChannelsLast);
}

}  // namespace

bool can_share_depthwise(const Tensor& input, const Tensor& weight, const Tensor& relevance) {
  return channels_last(input) && channels_last(relevance) && weight.dim() == 4 && weight.scalar_type() == at::kFloat &&
         weight.size(1) == 1 && weight.size(0) == input.size(1) && relevance.size(1) == input.size(1);
}

Tensor share_depthwise(const Tensor& input, const Tensor& weight, const Tensor& relevance, const Window2d& window,
                       const DepthwiseShares& how) {
  const std::int64_t channels = input.size(1);
  const std::int64_t height = input.size(2);
  const std::int64_t width = input.size(3);
  const std::int64_t rows = relevance.size(2);
  const std::int64_t columns = relevance.size(3);
  const std::vector<float> weights = by_tap(weight, how.raw);
  Tensor result = at::zeros_like(input);
  const float* const from = input.data_ptr<float>();
  const float* const shared = relevance.data_ptr<float>();
  float* const to = result.data_ptr<float>();
  const std::int64_t blocks = (channels + block - 1) / block;

  at::parallel_for(0, input.size(0) * blocks, 1, [&](std::int64_t begin, std::int64_t end) {
    std::vector<Tap> inside;  // those of a window that lies in the picture
    const std::vector<Tap> all = taps_of(window, width, channels, weights.data());
    std::vector<float> contributions(weights.size() / static_cast<std::size_t>(channels) * block);
    for (std::int64_t work = begin; work < end;) {  // the blocks of one picture together: memory is read in order
      const std::int64_t picture = work / blocks;
      const std::int64_t first = work % blocks * block;
      const std::int64_t last = std::min((work % blocks + end - work) * block, channels);
      work = std::min(end, (picture + 1) * blocks);
      Pixel pixel{.input = from + picture * height * width * channels,
                  .relevance = shared + picture * rows * columns * channels,
                  .result = to + picture * height * width * channels,
                  .channel = first,
                  .corner = 0,
                  .taps = nullptr,
                  .contributions = contributions.data(),
                  .floor = how.raw ? -std::numeric_limits<float>::infinity() : 0.0f,
                  .spread = how.spread ? 1.0f : 0.0f,
                  .least = static_cast<float>(how.least)};
      for (std::int64_t y = 0; y < rows; ++y) {
        const std::int64_t top = y * window.stride[0] - window.begin_pad[0];
        for (std::int64_t x = 0; x < columns; ++x) {
          const std::int64_t left = x * window.stride[1] - window.begin_pad[1];
          const bool whole = top >= 0 && left >= 0 && top + all.back().row < height && left + all.back().column < width;
          if (!whole) {
            inside.clear();
            std::copy_if(all.begin(), all.end(), std::back_inserter(inside), [&](const Tap& tap) {
              const std::int64_t in_y = top + tap.row;
              const std::int64_t in_x = left + tap.column;
              return in_y >= 0 && in_y < height && in_x >= 0 && in_x < width;
            });
          }
          pixel.taps = whole ? &all : &inside;
          pixel.corner = (top * width + left) * channels;
          share_pixel(pixel, last - first);
          pixel.relevance += channels;
        }
      }
    }
  });
  return result;
}

}  // namespace fovea

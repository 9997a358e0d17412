// One pass on a CPU over tensors laid out alike, also where one is a slice of the channels of a channels_last tensor,
// as concatenations hand back; libtorch's operations elsewhere.
// SPDX-License-Identifier: Apache-2.0
#include "core/fused.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <cstdint>
#include <optional>

#include <ATen/Parallel.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>

namespace fovea {
namespace {

constexpr std::int64_t grain = 1 << 15;  // elements a thread takes at least

/// Two tensors seen as rows of neighbouring elements, with the distance from row to row in each.
struct Rows {
  std::int64_t count;
  std::int64_t width;
  std::int64_t stride_a;
  std::int64_t stride_b;
};

/// The distance between neighbouring pixels of a channels_last tensor or of a slice of its channels.
std::optional<std::int64_t> pixel_stride(const Tensor& t) {
  if (t.dim() != 4 || t.numel() == 0) return std::nullopt;
  const bool packed = t.size(1) == 1 || t.stride(1) == 1;
  const std::int64_t pixel = t.size(3) > 1 ? t.stride(3) : t.size(2) > 1 ? t.stride(2) : t.size(1);
  const bool rows = t.size(2) == 1 || t.stride(2) == pixel * t.size(3);
  const bool pictures = t.size(0) == 1 || t.stride(0) == pixel * t.size(3) * t.size(2);
  return packed && rows && pictures && pixel >= t.size(1) ? std::optional(pixel) : std::nullopt;
}

std::optional<Rows> side_by_side(const Tensor& a, const Tensor& b) {
  const bool plain = a.is_cpu() && b.is_cpu() && a.scalar_type() == at::kFloat && b.scalar_type() == at::kFloat &&
                     a.sizes() == b.sizes();
  if (!plain) return std::nullopt;
  if (a.strides() == b.strides() && a.is_non_overlapping_and_dense()) return Rows{1, a.numel(), 0, 0};
  const auto stride_a = pixel_stride(a);
  const auto stride_b = pixel_stride(b);
  if (!stride_a || !stride_b) return std::nullopt;
  return Rows{a.numel() / a.size(1), a.size(1), *stride_a, *stride_b};
}

Tensor result_like(const Tensor& a, const Rows& rows) {
  return rows.count == 1 ? at::empty_like(a) : at::empty(a.sizes(), a.options(), at::MemoryFormat::ChannelsLast);
}

/// Calls `work(a, b, to, count)` on pieces of neighbouring elements, shared out among threads.
template <typename Work>
void for_each_piece(const Rows& rows, const float* a, const float* b, float* to, const Work& work) {
  if (rows.count == 1) {
    at::parallel_for(0, rows.width, grain, [&](std::int64_t begin, std::int64_t end) {
      work(a + begin, b + begin, to + begin, end - begin);
    });
    return;
  }
  at::parallel_for(0, rows.count, std::max<std::int64_t>(grain / rows.width, 1),
                   [&](std::int64_t begin, std::int64_t end) {
                     for (std::int64_t row = begin; row < end; ++row) {
                       work(a + row * rows.stride_a, b + row * rows.stride_b, to + row * rows.width, rows.width);
                     }
                   });
}

FOVEA_VECTOR_CLONES
void gate_piece(const float* __restrict from, const float* __restrict gate, float* __restrict to, std::int64_t count,
                float bound) {
  for (std::int64_t i = 0; i < count; ++i) {
    const float positive = from[i] > 0 ? from[i] : 0.0f;
    const float low = gate[i] > 0 ? positive : 0.0f;
    to[i] = gate[i] < bound ? low : 0.0f;
  }
}

/// Returns the bits of what could not be shared out, or-ed: a reduction of floats would not be vectorised.
FOVEA_VECTOR_CLONES
std::uint32_t share_piece(const float* __restrict from, const float* __restrict total, float* __restrict to,
                          std::int64_t count, float least) {
  constexpr std::uint32_t all_but_sign = 0x7fffffff;
  std::uint32_t lost = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    const bool excited = std::abs(total[i]) > least;
    const float quotient = from[i] / (excited ? total[i] : 1.0f);
    to[i] = excited ? quotient : 0.0f;
    lost |= excited ? 0U : std::bit_cast<std::uint32_t>(from[i]) & all_but_sign;
  }
  return lost;
}

FOVEA_VECTOR_CLONES
void unshared_piece(const float* __restrict from, const float* __restrict total, float* __restrict to,
                    std::int64_t count, float least) {
  for (std::int64_t i = 0; i < count; ++i) to[i] = std::abs(total[i]) > least ? 0.0f : from[i];
}

FOVEA_VECTOR_CLONES
int negative_in_piece(const float* values, std::int64_t count) {
  int found = 0;
  for (std::int64_t i = 0; i < count; ++i) found |= values[i] < 0 ? 1 : 0;
  return found;
}

FOVEA_VECTOR_CLONES
void split_piece(const float* __restrict from, float* __restrict above, float* __restrict below, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    above[i] = from[i] > 0 ? from[i] : 0.0f;
    below[i] = from[i] < 0 ? from[i] : 0.0f;
  }
}

FOVEA_VECTOR_CLONES
void times_piece(const float* __restrict from, const float* __restrict above, const float* __restrict below,
                 float* __restrict to, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) to[i] = from[i] * (from[i] > 0 ? above[i] : below[i]);
}

bool packed_pixels(const Tensor& t) {
  return t.is_cpu() && t.scalar_type() == at::kFloat && t.dim() == 4 && t.is_contiguous(at::MemoryFormat::ChannelsLast);
}

/// Calls `work(pixel)` for the pixels of all pictures, shared out among threads.
template <typename Work>
void for_each_pixel(const Tensor& t, const Work& work) {
  const std::int64_t channels = std::max<std::int64_t>(t.size(1), 1);
  at::parallel_for(0, t.numel() / channels, std::max<std::int64_t>(grain / channels, 1),
                   [&](std::int64_t begin, std::int64_t end) {
                     for (std::int64_t pixel = begin; pixel < end; ++pixel) work(pixel);
                   });
}

}  // namespace

Tensor positive_where_open(const Tensor& relevance, const Tensor& gate, double bound) {
  const auto rows = side_by_side(relevance, gate);
  if (!rows) return relevance.clamp_min(0).masked_fill((gate <= 0).logical_or(gate >= bound), 0);
  Tensor result = result_like(gate, *rows);
  const auto limit = static_cast<float>(bound);
  for_each_piece(*rows, relevance.data_ptr<float>(), gate.data_ptr<float>(), result.data_ptr<float>(),
                 [limit](const float* from, const float* open, float* to, std::int64_t count) {
                   gate_piece(from, open, to, count, limit);
                 });
  return result;
}

Shares share_out(const Tensor& relevance, const Tensor& total, double least) {
  const auto rows = side_by_side(relevance, total);
  if (!rows) {
    const Tensor empty = total.abs() <= least;
    const Tensor ratio = (relevance / total.masked_fill(empty, 1)).masked_fill(empty, 0);
    return {ratio, relevance.masked_fill(empty.logical_not(), 0).any().item<bool>()};
  }
  Tensor ratio = result_like(total, *rows);
  std::atomic<bool> left = false;
  const auto bound = static_cast<float>(least);
  for_each_piece(*rows, relevance.data_ptr<float>(), total.data_ptr<float>(), ratio.data_ptr<float>(),
                 [&](const float* from, const float* sum, float* to, std::int64_t count) {
                   if (share_piece(from, sum, to, count, bound) != 0) left = true;
                 });
  return {ratio, left};
}

Tensor unshared(const Tensor& relevance, const Tensor& total, double least) {
  const auto rows = side_by_side(relevance, total);
  if (!rows) return relevance.masked_fill(total.abs() > least, 0);
  Tensor result = result_like(total, *rows);
  const auto bound = static_cast<float>(least);
  for_each_piece(*rows, relevance.data_ptr<float>(), total.data_ptr<float>(), result.data_ptr<float>(),
                 [bound](const float* from, const float* sum, float* to, std::int64_t count) {
                   unshared_piece(from, sum, to, count, bound);
                 });
  return result;
}

bool any_negative(const Tensor& values) {
  if (!values.is_cpu() || values.scalar_type() != at::kFloat || !values.is_non_overlapping_and_dense()) {
    return values.lt(0).any().item<bool>();
  }
  const float* data = values.data_ptr<float>();
  std::atomic<bool> found = false;
  at::parallel_for(0, values.numel(), grain, [&](std::int64_t begin, std::int64_t end) {
    constexpr std::int64_t stretch = 4096;  // after which to stop looking
    for (std::int64_t at = begin; at < end && !found; at += stretch) {
      if (negative_in_piece(data + at, std::min(stretch, end - at)) != 0) found = true;
    }
  });
  return found;
}

Tensor split_signs(const Tensor& t) {
  if (!packed_pixels(t)) return at::cat({t.clamp_min(0), t.clamp_max(0)}, 1);
  const std::int64_t channels = t.size(1);
  Tensor result =
      at::empty({t.size(0), 2 * channels, t.size(2), t.size(3)}, t.options(), at::MemoryFormat::ChannelsLast);
  const float* const from = t.data_ptr<float>();
  float* const to = result.data_ptr<float>();
  for_each_pixel(t, [&](std::int64_t pixel) {
    float* const above = to + 2 * pixel * channels;
    split_piece(from + pixel * channels, above, above + channels, channels);
  });
  return result;
}

Tensor times_by_sign(const Tensor& t, const Tensor& stacked) {
  const std::int64_t channels = t.size(1);
  if (!packed_pixels(t) || !packed_pixels(stacked)) {
    return t.clamp_min(0) * stacked.narrow(1, 0, channels) + t.clamp_max(0) * stacked.narrow(1, channels, channels);
  }
  Tensor result = at::empty_like(t);
  const float* const from = t.data_ptr<float>();
  const float* const factors = stacked.data_ptr<float>();
  float* const to = result.data_ptr<float>();
  for_each_pixel(t, [&](std::int64_t pixel) {
    const float* const above = factors + 2 * pixel * channels;
    times_piece(from + pixel * channels, above, above + channels, to + pixel * channels, channels);
  });
  return result;
}

}  // namespace fovea

// One pass on a CPU over tensors laid out alike, also where one is a slice of the channels of a channels_last tensor,
// as concatenations hand back; libtorch's operations elsewhere. SPDX-License-Identifier: Apache-2.0
#include "core/fused.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <optional>

#include <ATen/Parallel.h>
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

void gate_piece(const float* __restrict from, const float* __restrict gate, float* __restrict to, std::int64_t count,
                float bound) {
  for (std::int64_t i = 0; i < count; ++i) {
    const float positive = from[i] > 0 ? from[i] : 0.0f;
    const float low = gate[i] > 0 ? positive : 0.0f;
    to[i] = gate[i] < bound ? low : 0.0f;
  }
}

/// Returns the sum of what could not be shared out.
float share_piece(const float* __restrict from, const float* __restrict total, float* __restrict to, std::int64_t count,
                  float least) {
  float lost = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    const bool excited = std::abs(total[i]) > least;
    const float quotient = from[i] / (excited ? total[i] : 1.0f);
    to[i] = excited ? quotient : 0.0f;
    lost += excited ? 0.0f : std::abs(from[i]);
  }
  return lost;
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
                   if (share_piece(from, sum, to, count, bound) > 0) left = true;
                 });
  return {ratio, left};
}

}  // namespace fovea

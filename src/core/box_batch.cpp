// SPDX-License-Identifier: Apache-2.0
#include "core/box_batch.h"

#include <algorithm>
#include <cstring>

#include <ATen/ops/empty.h>

namespace fovea {

void copy_box(const Tensor& target, std::int64_t b, const Place& to, const Tensor& source, std::int64_t source_row,
              const Place& from, const BoxSize& size) {
  const std::int64_t top = std::max<std::int64_t>({0, -from.y, -to.y});
  const std::int64_t left = std::max<std::int64_t>({0, -from.x, -to.x});
  const std::int64_t rows = std::min({size.height, source.size(2) - from.y, target.size(2) - to.y}) - top;
  const std::int64_t columns = std::min({size.width, source.size(3) - from.x, target.size(3) - to.x}) - left;
  if (rows <= 0 || columns <= 0) return;
  const bool packed = target.scalar_type() == at::kFloat && source.scalar_type() == at::kFloat && target.is_cpu() &&
                      target.is_contiguous(at::MemoryFormat::ChannelsLast) &&
                      source.is_contiguous(at::MemoryFormat::ChannelsLast) && target.size(1) == source.size(1);
  if (!packed) {
    target[b]
        .narrow(1, to.y + top, rows)
        .narrow(2, to.x + left, columns)
        .copy_(source[source_row].narrow(1, from.y + top, rows).narrow(2, from.x + left, columns));
    return;
  }
  const std::int64_t channels = target.size(1);
  auto* out = target.data_ptr<float>();
  const auto* in = source.data_ptr<float>();
  for (std::int64_t y = top; y < top + rows; ++y) {
    const std::int64_t t = ((b * target.size(2) + to.y + y) * target.size(3) + to.x + left) * channels;
    const std::int64_t s = ((source_row * source.size(2) + from.y + y) * source.size(3) + from.x + left) * channels;
    std::memcpy(out + t, in + s, static_cast<std::size_t>(columns * channels) * sizeof(float));
  }
}

Tensor packed(const Tensor& tensor) {
  const bool last = tensor.dim() == 4 && tensor.scalar_type() == at::kFloat;
  return last ? tensor.contiguous(at::MemoryFormat::ChannelsLast) : tensor.contiguous();
}

Tensor gather(const Tensor& base, const Boxes* changed, const std::vector<Place>& places, const BoxSize& size,
              double border) {
  if (changed != nullptr && changed->places == places && changed->values.size(2) == size.height &&
      changed->values.size(3) == size.width) {
    return changed->values;
  }
  const auto count = static_cast<std::int64_t>(places.size());
  const auto inside = [&](const Place& p) {
    return p.y >= 0 && p.x >= 0 && p.y + size.height <= base.size(2) && p.x + size.width <= base.size(3);
  };
  const bool last = base.scalar_type() == at::kFloat;
  Tensor result = at::empty({count, base.size(1), size.height, size.width},
                            base.options().requires_grad(false).memory_format(last ? at::MemoryFormat::ChannelsLast
                                                                                   : at::MemoryFormat::Contiguous));
  if (!std::all_of(places.begin(), places.end(), inside)) result.fill_(border);
  for (std::int64_t b = 0; b < count; ++b) {
    const Place& place = places[static_cast<std::size_t>(b)];
    copy_box(result, b, {0, 0}, base, 0, place, size);
    if (changed == nullptr) continue;
    const Place& at = changed->places[static_cast<std::size_t>(b)];
    copy_box(result, b, {at.y - place.y, at.x - place.x}, changed->values, b, {0, 0},
             {changed->values.size(2), changed->values.size(3)});
  }
  return result;
}

Region box_region(const Place& place, const BoxSize& size) {
  return {.empty = false, .extents = {{place.y, place.y + size.height}, {place.x, place.x + size.width}}};
}

}  // namespace fovea

// Unpooling by switches (Zeiler and Fergus 2014, section 2.1), plane by plane, for one to three spatial axes.
// SPDX-License-Identifier: Apache-2.0
#include "core/switches.h"

#include <algorithm>
#include <array>
#include <limits>

#include <ATen/Dispatch.h>
#include <ATen/Parallel.h>
#include <ATen/ops/max_pool2d_with_indices.h>
#include <ATen/ops/zeros_like.h>

#include <fovea/error.h>

#include "ops/window.h"

namespace fovea {
namespace {

constexpr std::size_t most_axes = 3;

/// Window geometry of three spatial axes; missing leading ones have extent 1.
struct Plane {
  std::array<std::int64_t, most_axes> input{1, 1, 1};
  std::array<std::int64_t, most_axes> output{1, 1, 1};
  std::array<std::int64_t, most_axes> kernel{1, 1, 1};
  std::array<std::int64_t, most_axes> stride{1, 1, 1};
  std::array<std::int64_t, most_axes> dilation{1, 1, 1};
  std::array<std::int64_t, most_axes> pad{0, 0, 0};
};

Plane plane_of(const Node& node, const Tensor& input, const Tensor& pooled) {
  const ops::Window window = ops::resolve_pool_window(node, input.sizes().vec());
  if (window.axes() > most_axes) {
    throw Error(ErrorKind::unsupported, "node '" + node.name + "': unpooling takes 1 to 3 spatial axes, found " +
                                            std::to_string(window.axes()));
  }
  Plane plane;
  for (std::size_t axis = 0; axis < window.axes(); ++axis) {
    const std::size_t to = most_axes - window.axes() + axis;
    plane.input[to] = input.size(static_cast<std::int64_t>(axis) + 2);
    plane.output[to] = pooled.size(static_cast<std::int64_t>(axis) + 2);
    plane.kernel[to] = window.kernel[axis];
    plane.stride[to] = window.stride[axis];
    plane.dilation[to] = window.dilation[axis];
    plane.pad[to] = window.begin_pad[axis];
  }
  return plane;
}

/// Returns the offset of the first maximum of window (z, y, x), or -1 when it lies in the padding altogether.
template <typename Number>
std::int64_t switch_of(const Plane& p, const Number* input, std::int64_t z, std::int64_t y, std::int64_t x) {
  std::int64_t best = -1;
  Number highest = -std::numeric_limits<Number>::infinity();
  for (std::int64_t i = 0; i < p.kernel[0]; ++i) {
    const std::int64_t a = z * p.stride[0] - p.pad[0] + i * p.dilation[0];
    if (a < 0 || a >= p.input[0]) continue;
    for (std::int64_t j = 0; j < p.kernel[1]; ++j) {
      const std::int64_t b = y * p.stride[1] - p.pad[1] + j * p.dilation[1];
      if (b < 0 || b >= p.input[1]) continue;
      for (std::int64_t k = 0; k < p.kernel[2]; ++k) {
        const std::int64_t c = x * p.stride[2] - p.pad[2] + k * p.dilation[2];
        if (c < 0 || c >= p.input[2]) continue;
        const std::int64_t offset = (a * p.input[1] + b) * p.input[2] + c;
        if (best >= 0 && !(input[offset] > highest)) continue;
        best = offset;
        highest = input[offset];
      }
    }
  }
  return best;
}

template <typename Number>
void place_plane(const Plane& p, const Number* input, const Number* pooled, Number* result) {
  for (std::int64_t z = 0; z < p.output[0]; ++z) {
    for (std::int64_t y = 0; y < p.output[1]; ++y) {
      for (std::int64_t x = 0; x < p.output[2]; ++x, ++pooled) {
        const std::int64_t to = switch_of(p, input, z, y, x);
        if (to >= 0) result[to] = *pooled;
      }
    }
  }
}

/// Places by libtorch's switches, in channels_last, for the usual two-dimensional pools; nothing where those do not
/// apply. Threads share out the channels, so that every plane sees its windows in order.
Tensor place_packed(const ops::Window& window, const Node& node, const Tensor& input, const Tensor& pooled) {
  constexpr std::int64_t channels_per_task = 16;  // a cache line
  if (input.dim() != 4 || !input.is_cpu() || input.scalar_type() != at::kFloat || !window.symmetric()) return {};
  for (std::size_t axis = 0; axis < 2; ++axis) {
    if (window.begin_pad[axis] > window.kernel[axis] / 2) return {};  // libtorch takes no wider ones
  }
  const Tensor source = input.contiguous(at::MemoryFormat::ChannelsLast);
  const auto found = at::max_pool2d_with_indices(source, window.kernel, window.stride, window.begin_pad,
                                                 window.dilation, node.attributes.integer("ceil_mode", 0) != 0);
  if (std::get<0>(found).sizes() != pooled.sizes()) return {};
  const Tensor switches = std::get<1>(found).contiguous(at::MemoryFormat::ChannelsLast);
  const Tensor values = pooled.contiguous(at::MemoryFormat::ChannelsLast);
  Tensor result = at::zeros_like(source);
  const std::int64_t channels = input.size(1);
  const std::int64_t tasks = (channels + channels_per_task - 1) / channels_per_task;
  const std::int64_t positions = pooled.size(2) * pooled.size(3);
  const std::int64_t plane = input.size(2) * input.size(3);
  const auto* to_place = values.data_ptr<float>();
  const auto* at = switches.data_ptr<std::int64_t>();
  auto* placed = result.data_ptr<float>();
  at::parallel_for(0, input.size(0) * tasks, 1, [=](std::int64_t begin, std::int64_t end) {
    for (std::int64_t task = begin; task < end; ++task) {
      const std::int64_t n = task / tasks;
      const std::int64_t first = task % tasks * channels_per_task;
      const std::int64_t last = std::min(first + channels_per_task, channels);
      for (std::int64_t position = 0; position < positions; ++position) {
        const std::int64_t row = (n * positions + position) * channels;
        for (std::int64_t c = first; c < last; ++c) {
          placed[(n * plane + at[row + c]) * channels + c] = to_place[row + c];
        }
      }
    }
  });
  return result;
}

}  // namespace

Tensor place_at_switches(const Node& node, const Tensor& input, const Tensor& pooled) {
  const ops::Window window = ops::resolve_pool_window(node, input.sizes().vec());
  if (Tensor packed = place_packed(window, node, input, pooled); packed.defined()) return packed;
  const Plane plane = plane_of(node, input, pooled);
  const Tensor source = input.cpu().contiguous();
  const Tensor values = pooled.cpu().contiguous();
  Tensor result = at::zeros_like(source);
  const std::int64_t planes = source.size(0) * source.size(1);
  const std::int64_t input_size = plane.input[0] * plane.input[1] * plane.input[2];
  const std::int64_t output_size = plane.output[0] * plane.output[1] * plane.output[2];
  AT_DISPATCH_FLOATING_TYPES(source.scalar_type(), "place_at_switches", [&] {
    const auto* from = source.data_ptr<scalar_t>();
    const auto* value = values.data_ptr<scalar_t>();
    auto* to = result.data_ptr<scalar_t>();
    at::parallel_for(0, planes, 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t n = begin; n < end; ++n) {
        place_plane(plane, from + n * input_size, value + n * output_size, to + n * input_size);
      }
    });
  });
  return result.to(input.device());
}

}  // namespace fovea

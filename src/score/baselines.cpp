// Maps that look at no network: what every technique must beat.
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cmath>

#include <ATen/ops/conv2d.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/replication_pad2d.h>
#include <ATen/ops/tensor.h>

#include <fovea/error.h>
#include <fovea/map_scores.h>
#include <fovea/score.h>

#include "core/random.h"

namespace fovea {
namespace {

constexpr std::array<std::string_view, 3> names{"random", "centre", "edges"};

/// Falls from 1 at the pixel in the middle (`centre_point`) with the distance, never to 0.
Tensor centre_map(std::int64_t height, std::int64_t width) {
  const Point middle = centre_point(static_cast<int>(width), static_cast<int>(height));
  Tensor map = at::empty({height, width}, at::TensorOptions(at::kFloat));
  auto* value = map.data_ptr<float>();
  const double far = std::hypot(static_cast<double>(width), static_cast<double>(height));
  for (std::int64_t y = 0; y < height; ++y) {
    for (std::int64_t x = 0; x < width; ++x) {
      const double distance = std::hypot(static_cast<double>(x - middle.x), static_cast<double>(y - middle.y));
      *value++ = static_cast<float>(1 - distance / far);
    }
  }
  return map;
}

/// Sobel's gradient, largest magnitude over the channels.
Tensor edge_map(const Tensor& input) {
  const Tensor channels = input.detach().to(at::kCPU, at::kFloat).reshape({-1, 1, input.size(2), input.size(3)});
  const Tensor across = at::tensor({-1.F, 0.F, 1.F, -2.F, 0.F, 2.F, -1.F, 0.F, 1.F}).reshape({1, 1, 3, 3});
  const Tensor padded = at::replication_pad2d(channels.contiguous(), {1, 1, 1, 1});
  const Tensor dx = at::conv2d(padded, across);
  const Tensor dy = at::conv2d(padded, across.transpose(2, 3).contiguous());
  return (dx * dx + dy * dy).sqrt().amax(at::IntArrayRef({0, 1}));
}

}  // namespace

std::span<const std::string_view> baseline_rows() { return names; }

Tensor baseline_map(std::string_view name, const Tensor& input, std::uint64_t seed, std::uint64_t stream) {
  if (input.dim() != 4) throw Error(ErrorKind::shape, "a baseline's map needs a picture [1,C,H,W]");
  if (name == "random") return uniform({input.size(2), input.size(3)}, seed, stream);
  if (name == "centre") return centre_map(input.size(2), input.size(3));
  if (name == "edges") return edge_map(input);
  throw Error(ErrorKind::usage, "there is no baseline '" + std::string(name) + "'", "random, centre or edges");
}

}  // namespace fovea

// Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011, Parallel Random Numbers: As Easy as 1, 2, 3, section 4.3).
// SPDX-License-Identifier: Apache-2.0
#include "core/random.h"

#include <array>
#include <cmath>
#include <numbers>

#include <ATen/ops/empty.h>

namespace fovea {
namespace {

using Block = std::array<std::uint32_t, 4>;

constexpr std::uint32_t multiplier_0 = 0xD2511F53;
constexpr std::uint32_t multiplier_1 = 0xCD9E8D57;
constexpr std::uint32_t weyl_0 = 0x9E3779B9;  // golden ratio
constexpr std::uint32_t weyl_1 = 0xBB67AE85;  // sqrt(3) - 1
constexpr int rounds = 10;

Block philox(std::uint64_t counter, std::uint64_t stream, std::uint64_t seed) {
  Block block{static_cast<std::uint32_t>(counter), static_cast<std::uint32_t>(counter >> 32),
              static_cast<std::uint32_t>(stream), static_cast<std::uint32_t>(stream >> 32)};
  auto key_0 = static_cast<std::uint32_t>(seed);
  auto key_1 = static_cast<std::uint32_t>(seed >> 32);
  for (int round = 0; round < rounds; ++round) {
    const std::uint64_t product_0 = static_cast<std::uint64_t>(multiplier_0) * block[0];
    const std::uint64_t product_1 = static_cast<std::uint64_t>(multiplier_1) * block[2];
    block = {static_cast<std::uint32_t>(product_1 >> 32) ^ block[1] ^ key_0, static_cast<std::uint32_t>(product_1),
             static_cast<std::uint32_t>(product_0 >> 32) ^ block[3] ^ key_1, static_cast<std::uint32_t>(product_0)};
    key_0 += weyl_0;
    key_1 += weyl_1;
  }
  return block;
}

double to_unit(std::uint32_t bits) { return (bits >> 8) * 0x1p-24; }

template <typename Draw>
Tensor fill(const Shape& shape, std::uint64_t seed, std::uint64_t stream, Draw draw) {
  Tensor result = at::empty(shape, at::kFloat);
  auto* data = result.data_ptr<float>();
  const std::int64_t count = result.numel();
  for (std::int64_t i = 0; i < count; i += 4) {
    const std::array<float, 4> four = draw(philox(static_cast<std::uint64_t>(i / 4), stream, seed));
    for (std::int64_t k = 0; k < 4 && i + k < count; ++k) data[i + k] = four[static_cast<std::size_t>(k)];
  }
  return result;
}

std::array<float, 2> box_muller(std::uint32_t a, std::uint32_t b) {
  const double radius = std::sqrt(-2 * std::log(1 - to_unit(a)));
  const double angle = 2 * std::numbers::pi * to_unit(b);
  return {static_cast<float>(radius * std::cos(angle)), static_cast<float>(radius * std::sin(angle))};
}

}  // namespace

Tensor normal(const Shape& shape, std::uint64_t seed, std::uint64_t stream) {
  return fill(shape, seed, stream, [](const Block& block) {
    const auto first = box_muller(block[0], block[1]);
    const auto second = box_muller(block[2], block[3]);
    return std::array<float, 4>{first[0], first[1], second[0], second[1]};
  });
}

Tensor uniform(const Shape& shape, std::uint64_t seed, std::uint64_t stream) {
  return fill(shape, seed, stream, [](const Block& block) {
    std::array<float, 4> four{};
    for (std::size_t k = 0; k < 4; ++k) four[k] = static_cast<float>(to_unit(block[k]));
    return four;
  });
}

}  // namespace fovea

// A scalar stream of random numbers over Philox (core/random.h), one per concern of a scene, so that one more number
// drawn for the background moves nothing else.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "core/random.h"

namespace fovea::world {

/// What random numbers are drawn for.
enum class Concern : std::uint64_t {
  labels,
  composition,
  noise_tile,
  background,
  distractors,
  first_object,
  second_object,
  context,
  occluder,
  effects,
  sensor,
};

/// Keeps the world's numbers apart from those that others draw with the same seed.
inline constexpr std::uint64_t world_key = 0x776f726c645f3031;  // "world_01"

/// Names the Philox stream of a block of numbers: 44 bits of index, 8 of concern, 12 of block.
inline std::uint64_t stream_of(std::int64_t index, Concern concern, std::uint64_t block = 0) {
  return (static_cast<std::uint64_t>(index) << 20) | (static_cast<std::uint64_t>(concern) << 12) | block;
}

/// Draws many numbers in [0, 1) at once; not to be mixed with a `RandomStream` of the same concern.
inline Tensor uniform_numbers(std::int64_t count, std::uint64_t seed, std::int64_t index, Concern concern) {
  return uniform({count}, seed ^ world_key, stream_of(index, concern));
}

/// Numbers one after another, keyed by (seed, index, concern).
class RandomStream {
 public:
  RandomStream(std::uint64_t seed, std::int64_t index, Concern concern)
      : seed_(seed), index_(index), concern_(concern) {}

  /// Returns a number in [0, 1).
  double unit() {
    if (at_ == block_size) refill();
    return numbers_[static_cast<std::size_t>(at_++)];
  }
  /// Returns a number in [low, high).
  double between(double low, double high) { return low + (high - low) * unit(); }
  /// Returns a number in [low, high), small ones as likely as large ones by ratio.
  double between_log(double low, double high) { return low * std::exp(std::log(high / low) * unit()); }
  /// Returns 0 .. count - 1.
  int below(int count) { return static_cast<int>(unit() * count); }
  /// Returns true with a probability.
  bool chance(double probability) { return unit() < probability; }

 private:
  static constexpr int block_size = 256;

  void refill() {
    const Tensor numbers = uniform({block_size}, seed_ ^ world_key, stream_of(index_, concern_, block_++));
    std::copy_n(numbers.data_ptr<float>(), block_size, numbers_.begin());
    at_ = 0;
  }

  std::uint64_t seed_;
  std::int64_t index_;
  Concern concern_;
  std::uint64_t block_ = 0;
  int at_ = block_size;
  std::array<float, block_size> numbers_{};
};

}  // namespace fovea::world

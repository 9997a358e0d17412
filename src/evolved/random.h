// Random numbers of an evolution: one generator per (seed, generation), so that a stopped one goes on without its
// state.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <random>

namespace fovea::evolved {

/// Draws in an order; the same on every platform.
class Dice {
 public:
  Dice(std::uint64_t seed, std::uint64_t generation) {
    std::seed_seq keys{seed & 0xffffffffU, seed >> 32U, generation & 0xffffffffU, generation >> 32U};
    engine_.seed(keys);
  }

  /// Uniform in [0, 1).
  double unit() {
    constexpr double ulp = 0x1p-53;
    constexpr unsigned spare = 11;
    return static_cast<double>(engine_() >> spare) * ulp;
  }
  double between(double low, double high) { return low + unit() * (high - low); }
  bool happens(double rate) { return unit() < rate; }
  /// One of 0 .. count - 1.
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(unit() * static_cast<double>(count)); }
  /// Polynomial mutation's step in (-1, 1) of distribution index eta (Deb 2001): r < 1/2: (2r)^(1/(eta+1)) - 1, else
  /// 1 - (2(1-r))^(1/(eta+1)).
  double polynomial(double eta);

 private:
  std::mt19937_64 engine_;
};

}  // namespace fovea::evolved

// Pixels to the network's numbers, (pixel * scale - mean) / std, by a table of the 256 values that a byte has.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include <fovea/model.h>

namespace fovea {

/// The numbers of every pixel value, by channel of the network.
class InputTable {
 public:
  explicit InputTable(const Preprocess& preprocess);

  /// Returns how many channels the network has.
  std::int64_t channels() const { return grey_ ? 1 : 3; }
  /// Writes a fitted picture, channels last, as `to_input` would make it; `mirrored`: left is right.
  void write(const Image& fitted, bool mirrored, float* to) const;

 private:
  static constexpr std::size_t levels = 256;
  bool grey_ = false;
  std::array<std::size_t, 3> source_{0, 1, 2};  ///< which of R, G, B a channel is
  std::array<std::array<float, levels>, 3> values_{};
};

}  // namespace fovea

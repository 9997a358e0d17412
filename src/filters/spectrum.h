// Power spectra of filters.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include <fovea/tensor.h>

namespace fovea {

/// The least size of the transform: peaks are found to 1/32 cycles/px.
inline constexpr std::int64_t least_transform = 32;

/// Power at the frequencies (fy, fx) = (row, column) / size; rows above size / 2 are negative frequencies row - size.
/// A real filter's power is the same at f and -f, so half the columns are enough.
struct Spectrum {
  std::int64_t size = 0;
  Tensor power;  ///< float64 [filters, size, size / 2 + 1]; 0 where the bin's mirror is in the table already
  Tensor count;  ///< float64 [size, size / 2 + 1]: how many of the size x size bins one stands for: 0, 1 or 2
  Tensor fx;     ///< float64 [1, size / 2 + 1], cycles/px
  Tensor fy;     ///< float64 [size, 1], cycles/px, downwards
};

/// Computes the power spectra of filters [M,kh,kw].
Spectrum spectrum(const Tensor& filters);

/// Returns, per filter, the share of the energy at the bins that a mask [size, size / 2 + 1] marks; 0 without energy.
Tensor share_at(const Spectrum& spectrum, const Tensor& bins);

}  // namespace fovea

// The 2-D discrete Fourier transform of small filters, zero-padded to n x n:
//   F(u,v) = sum_{y,x} w(y,x) exp(-2 pi i (u y + v x) / n)
// as products of matrices, E_y w E_x^T, of which the real and the imaginary part are computed apart.
// SPDX-License-Identifier: Apache-2.0
#include "filters/spectrum.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

#include <ATen/ops/empty.h>
#include <ATen/ops/matmul.h>

namespace fovea {
namespace {

/// cos and sin of 2 pi f x / n, [frequencies, positions].
struct Waves {
  Tensor cosine, sine;
};

Waves waves(std::int64_t frequencies, std::int64_t positions, std::int64_t n) {
  const std::array<std::int64_t, 2> shape{frequencies, positions};
  Waves result{at::empty(shape, at::TensorOptions(at::kDouble)), at::empty(shape, at::TensorOptions(at::kDouble))};
  double* cosine = result.cosine.data_ptr<double>();
  double* sine = result.sine.data_ptr<double>();
  for (std::int64_t f = 0; f < frequencies; ++f) {
    for (std::int64_t x = 0; x < positions; ++x) {
      const double angle = 2 * std::numbers::pi * static_cast<double>(f * x % n) / static_cast<double>(n);
      *cosine++ = std::cos(angle);
      *sine++ = std::sin(angle);
    }
  }
  return result;
}

/// Counts what each bin of the half plane stands for. In its first and last column a bin's mirror is in the same
/// column.
Tensor counts(std::int64_t n) {
  const std::int64_t columns = n / 2 + 1;
  const std::array<std::int64_t, 2> shape{n, columns};
  Tensor count = at::empty(shape, at::TensorOptions(at::kDouble));
  double* value = count.data_ptr<double>();
  for (std::int64_t row = 0; row < n; ++row) {
    for (std::int64_t column = 0; column < columns; ++column) {
      const bool edge = column == 0 || column == columns - 1;
      const bool own_mirror = edge && (row == 0 || row == n / 2);
      *value++ = own_mirror ? 1 : edge && row > n / 2 ? 0 : 2;
    }
  }
  return count;
}

Tensor frequencies(std::int64_t bins, std::int64_t n) {
  Tensor result = at::empty(std::array<std::int64_t, 1>{bins}, at::TensorOptions(at::kDouble));
  double* value = result.data_ptr<double>();
  for (std::int64_t bin = 0; bin < bins; ++bin) {
    *value++ = static_cast<double>(bin > n / 2 ? bin - n : bin) / static_cast<double>(n);
  }
  return result;
}

}  // namespace

Spectrum spectrum(const Tensor& filters) {
  const Tensor w = filters.to(at::kDouble);
  const auto longest = static_cast<std::uint64_t>(std::max({w.size(1), w.size(2), least_transform}));
  const auto n = static_cast<std::int64_t>(std::bit_ceil(longest));
  const Waves down = waves(n, w.size(1), n);
  const Waves across = waves(n / 2 + 1, w.size(2), n);
  const Tensor even = at::matmul(w, across.cosine.t());
  const Tensor odd = at::matmul(w, across.sine.t());
  const Tensor real = at::matmul(down.cosine, even) - at::matmul(down.sine, odd);
  const Tensor imaginary = at::matmul(down.sine, even) + at::matmul(down.cosine, odd);
  const Tensor count = counts(n);
  return {.size = n,
          .power = (real * real + imaginary * imaginary) * count.ne(0),
          .count = count,
          .fx = frequencies(n / 2 + 1, n).unsqueeze(0),
          .fy = frequencies(n, n).unsqueeze(1)};
}

Tensor share_at(const Spectrum& spectrum, const Tensor& bins) {
  const std::array<std::int64_t, 2> plane{1, 2};
  const Tensor energy = spectrum.power * spectrum.count;
  const Tensor all = energy.sum(plane);
  return ((energy * bins).sum(plane) / all).masked_fill(all.eq(0), 0);
}

}  // namespace fovea

// Power spectra of filters against the definition of the transform.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <numbers>

#include <ATen/ops/ones_like.h>

#include "filters/spectrum.h"
#include "support/net.h"

namespace fovea {
namespace {

using test::largest_difference;
using test::random_normal;
using test::tensor;

/// |sum_{y,x} w(y,x) exp(-2 pi i (fy y + fx x))|^2, term by term.
double power_at(const Tensor& filter, double fy, double fx) {
  std::complex<double> sum = 0;
  for (std::int64_t y = 0; y < filter.size(0); ++y) {
    for (std::int64_t x = 0; x < filter.size(1); ++x) {
      const double angle = -2 * std::numbers::pi * (fy * static_cast<double>(y) + fx * static_cast<double>(x));
      sum += filter[y][x].item<double>() * std::polar(1.0, angle);
    }
  }
  return std::norm(sum);
}

TEST(spectrum, equals_the_definition) {
  const Tensor filters = random_normal({2, 3, 5}, 1, at::kDouble);
  const Spectrum found = spectrum(filters);
  ASSERT_EQ(found.size, 32);
  for (const std::int64_t filter : {0, 1}) {
    for (const std::int64_t row : {0, 1, 9, 16, 17, 31}) {
      for (const std::int64_t column : {1, 2, 7, 15}) {
        const double expected =
            power_at(filters[filter], found.fy[row][0].item<double>(), found.fx[0][column].item<double>());
        EXPECT_NEAR(found.power[filter][row][column].item<double>(), expected, 1e-9 * (1 + expected));
      }
    }
  }
  EXPECT_EQ(found.fy[31][0].item<double>(), -1.0 / 32);
  EXPECT_EQ(found.fx[0][16].item<double>(), 0.5);
}

TEST(spectrum, counts_every_bin_of_the_whole_plane_once) {
  const Spectrum found = spectrum(random_normal({1, 7, 7}, 2, at::kDouble));
  EXPECT_EQ(found.count.sum().item<double>(), 32 * 32);
  EXPECT_EQ(found.count[0][0].item<double>(), 1);
  EXPECT_EQ(found.count[1][0].item<double>(), 2);
  EXPECT_EQ(found.count[31][0].item<double>(), 0) << "the mirror of row 1";
  EXPECT_EQ(found.power[0][31][0].item<double>(), 0);
  EXPECT_EQ(found.count[31][5].item<double>(), 2);
}

TEST(spectrum, holds_all_energy) {
  const Tensor filters = random_normal({4, 6, 3}, 3, at::kDouble);
  const Spectrum found = spectrum(filters);
  const Tensor energy = (found.power * found.count).sum(std::vector<std::int64_t>{1, 2}) / (32.0 * 32.0);
  EXPECT_LT(largest_difference(energy, (filters * filters).sum(std::vector<std::int64_t>{1, 2})), 1e-12) << "Parseval";
}

TEST(spectrum, grows_with_large_kernels) {
  EXPECT_EQ(spectrum(random_normal({1, 32, 3}, 4)).size, 32);
  EXPECT_EQ(spectrum(random_normal({1, 3, 33}, 4)).size, 64);
}

TEST(spectrum, shares_of_energy) {
  const Spectrum found = spectrum(tensor({1, -1, 0, 0}, {2, 1, 2}));
  EXPECT_DOUBLE_EQ(share_at(found, at::ones_like(found.count))[0].item<double>(), 1);
  // |1 - exp(-2 pi i f)|^2 = 2 - 2 cos(2 pi f)
  double above = 0, all = 0;
  for (int bin = -15; bin <= 16; ++bin) {
    const double power = 2 - 2 * std::cos(2 * std::numbers::pi * bin / 32.0);
    all += power;
    above += std::abs(bin) > 8 ? power : 0;
  }
  EXPECT_NEAR(share_at(found, found.fx.gt(0.25))[0].item<double>(), above / all, 1e-12);
  EXPECT_EQ(share_at(found, at::ones_like(found.count))[1].item<double>(), 0) << "a filter without energy";
}

}  // namespace
}  // namespace fovea

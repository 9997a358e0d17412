// Spearman: the correlation of ranks. SSIM(x, y) = (2 mx my + C1)(2 sxy + C2) / ((mx^2 + my^2 + C1)(sx^2 + sy^2 + C2)).
// SPDX-License-Identifier: Apache-2.0
#include "score/similarity.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <fovea/error.h>

#include "core/fill.h"

namespace fovea {
namespace {

std::vector<double> ranks(const Tensor& map) {
  const Tensor flat = map.detach().to(at::kCPU, at::kDouble).contiguous();
  const double* value = flat.data_ptr<double>();
  std::vector<std::size_t> order(static_cast<std::size_t>(flat.numel()));
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) { return value[i] < value[j]; });
  std::vector<double> result(order.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin;
    while (end < order.size() && value[order[end]] == value[order[begin]]) ++end;
    const double mean = (static_cast<double>(begin) + static_cast<double>(end - 1)) / 2;
    for (; begin < end; ++begin) result[order[begin]] = mean;
  }
  return result;
}

Tensor unit(const Tensor& map) {
  const Tensor values = map.detach().to(at::kCPU, at::kDouble);
  const Tensor low = values.min();
  const double span = (values.max() - low).item<double>();
  return span > 0 ? (values - low) / span : values * 0;
}

void require_one_shape(const Tensor& a, const Tensor& b) {
  if (a.sizes() != b.sizes() || a.numel() == 0) {
    throw Error(ErrorKind::shape, "two maps that are compared must have one shape and a value at least");
  }
}

}  // namespace

double rank_correlation(const Tensor& a, const Tensor& b) {
  require_one_shape(a, b);
  const std::vector<double> x = ranks(a);
  const std::vector<double> y = ranks(b);
  const double mean = static_cast<double>(x.size() - 1) / 2;
  double xy = 0;
  double xx = 0;
  double yy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xy += (x[i] - mean) * (y[i] - mean);
    xx += (x[i] - mean) * (x[i] - mean);
    yy += (y[i] - mean) * (y[i] - mean);
  }
  return xx > 0 && yy > 0 ? xy / std::sqrt(xx * yy) : 0;
}

double structural_similarity(const Tensor& a, const Tensor& b) {
  require_one_shape(a, b);
  constexpr double window = 1.5;  // px
  constexpr double c1 = 0.01 * 0.01;
  constexpr double c2 = 0.03 * 0.03;
  const auto mean = [](const Tensor& map) {
    return gaussian_blur(map.reshape({1, 1, map.size(0), map.size(1)}), window);
  };
  const Tensor x = unit(a);
  const Tensor y = unit(b);
  const Tensor mx = mean(x);
  const Tensor my = mean(y);
  const Tensor vx = mean(x * x) - mx * mx;
  const Tensor vy = mean(y * y) - my * my;
  const Tensor vxy = mean(x * y) - mx * my;
  const Tensor similarity = (2 * mx * my + c1) * (2 * vxy + c2) / ((mx * mx + my * my + c1) * (vx + vy + c2));
  return similarity.mean().item<double>();
}

}  // namespace fovea

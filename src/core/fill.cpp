// Fills for baselines and occlusion. The Gaussian kernel is exp(-i^2 / 2 sigma^2), cut at 3 sigma and normalised.
// SPDX-License-Identifier: Apache-2.0
#include "core/fill.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <ATen/ops/conv2d.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/replication_pad2d.h>
#include <ATen/ops/zeros_like.h>

#include <fovea/error.h>

#include "core/random.h"

namespace fovea {
namespace {

constexpr double grey_level = 128;
constexpr double white_level = 255;
constexpr double blur_share = 0.1;  // of the shorter side: no object of a usual size survives

Tensor filled_with_pixel(const Tensor& input, const Card& card, double level, std::string_view fill) {
  if (!card.preprocess) {
    throw Error(ErrorKind::usage,
                "a " + std::string(fill) +
                    " picture in the network's units is not known: the model has "
                    "no preprocessing",
                "give --preprocess, or fill with mean, blur or noise");
  }
  const Preprocess& p = *card.preprocess;
  Tensor result = at::zeros_like(input);
  for (std::int64_t c = 0; c < input.size(1); ++c) {
    const auto i = static_cast<std::size_t>(c);
    const double mean = i < p.mean.size() ? p.mean[i] : 0;
    const double deviation = i < p.std.size() ? p.std[i] : 1;
    result.select(1, c).fill_((level * p.scale - mean) / deviation);
  }
  return result;
}

Tensor gaussian_kernel(double sigma, const at::TensorOptions& options) {
  const auto radius = static_cast<std::int64_t>(std::ceil(3 * sigma));
  Tensor kernel = at::empty({2 * radius + 1}, at::kDouble);
  for (std::int64_t i = -radius; i <= radius; ++i) {
    kernel[i + radius] = std::exp(-static_cast<double>(i * i) / (2 * sigma * sigma));
  }
  return (kernel / kernel.sum()).to(options);
}

}  // namespace

Tensor gaussian_blur(const Tensor& input, double sigma) {
  if (sigma <= 0) return input;
  const std::int64_t channels = input.size(1);
  const Tensor kernel = gaussian_kernel(sigma, input.options());
  const std::int64_t radius = (kernel.numel() - 1) / 2;
  const Tensor padded = at::replication_pad2d(input.contiguous(), {radius, radius, radius, radius});
  const Tensor down = kernel.reshape({1, 1, -1, 1}).repeat({channels, 1, 1, 1});
  const Tensor across = kernel.reshape({1, 1, 1, -1}).repeat({channels, 1, 1, 1});
  const std::array<std::int64_t, 2> ones{1, 1};
  const std::array<std::int64_t, 2> zeros{0, 0};
  const auto blur = [&](const Tensor& picture, const Tensor& weight) {
    return at::conv2d(picture, weight, {}, at::IntArrayRef(ones), at::IntArrayRef(zeros), at::IntArrayRef(ones),
                      channels);
  };
  return blur(blur(padded, down), across);
}

Tensor filled_like(const Tensor& input, const Card& card, std::string_view fill, std::uint64_t seed) {
  if (fill == "mean") return at::zeros_like(input);
  if (fill == "black") return filled_with_pixel(input, card, 0, fill);
  if (fill == "white") return filled_with_pixel(input, card, white_level, fill);
  if (fill == "grey") return filled_with_pixel(input, card, grey_level, fill);
  if (fill == "blur") {
    return gaussian_blur(input, blur_share * static_cast<double>(std::min(input.size(2), input.size(3))));
  }
  if (fill == "noise") {
    const Tensor low = input.min();
    return low + (input.max() - low) * uniform(input.sizes().vec(), seed, 0).to(input.options());
  }
  throw Error(ErrorKind::usage, "there is no fill '" + std::string(fill) + "'", "fills are " + std::string(fills));
}

}  // namespace fovea

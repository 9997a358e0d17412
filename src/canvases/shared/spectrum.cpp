// Spectra by libtorch's FFT.
// SPDX-License-Identifier: Apache-2.0
#include "canvases/shared/spectrum.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/fft_fftfreq.h>
#include <ATen/ops/fft_irfft2.h>
#include <ATen/ops/fft_rfft2.h>
#include <ATen/ops/fft_rfftfreq.h>
#include <ATen/ops/view_as_complex.h>
#include <ATen/ops/view_as_real.h>

namespace fovea::canvases {
namespace {

/// Lucid divides by 4 for no stated reason ("magic constant"); it sets how fast a picture gains contrast.
constexpr double magic = 4;

}  // namespace

Tensor frequency_scale(std::int64_t height, std::int64_t width, double decay) {
  const Tensor down = at::fft_fftfreq(height, 1.0, at::TensorOptions(at::kFloat)).unsqueeze(1);
  const Tensor across = at::fft_rfftfreq(width, 1.0, at::TensorOptions(at::kFloat)).unsqueeze(0);
  const Tensor frequency = (down.square() + across.square()).sqrt();
  return frequency.clamp_min(1.0 / static_cast<double>(std::max(height, width))).pow(-decay);
}

Tensor planes_of(const Tensor& spectrum, const Tensor& scale, std::int64_t height, std::int64_t width) {
  const Tensor complex = at::view_as_complex((spectrum * scale.unsqueeze(-1)).contiguous());
  return at::fft_irfft2(complex, std::vector<std::int64_t>{height, width}, {-2, -1}, "ortho") / magic;
}

Tensor spectrum_of(const Tensor& planes, const Tensor& scale) {
  const Tensor complex = at::fft_rfft2(planes * magic, {}, {-2, -1}, "ortho");
  return (at::view_as_real(complex) / scale.unsqueeze(-1)).contiguous();
}

}  // namespace fovea::canvases

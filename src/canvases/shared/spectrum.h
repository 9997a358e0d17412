// Pictures as spectra: amplitudes of frequencies, scaled so that all of them move a picture alike.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "canvases/shared/colour.h"

namespace fovea::canvases {

/// Returns the factor of every frequency of the half spectrum [H, W/2+1] of a height x width picture:
/// 1 / max(f, 1/max(H,W))^decay * sqrt(W H) / 4. The norm is the unitary one; sqrt(W H) is in Lucid's text, not in the
/// orthonormal form that Lucent's oracle uses, where it is left out.
Tensor frequency_scale(std::int64_t height, std::int64_t width, double decay);

/// Turns a half spectrum [N,C,H,Wr,2] (real, imaginary) into planes [N,C,H,W]: irfft2(scale * spectrum) / 4, with the
/// orthonormal transform. Columns beyond W/2+1 are ignored, as libtorch does.
Tensor planes_of(const Tensor& spectrum, const Tensor& scale, std::int64_t height, std::int64_t width);

/// Returns the spectrum of planes; exact up to rounding.
Tensor spectrum_of(const Tensor& planes, const Tensor& scale);

}  // namespace fovea::canvases

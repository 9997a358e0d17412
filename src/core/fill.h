// Pictures without the object: what baselines and occluding windows are filled with.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include <fovea/model.h>

namespace fovea {

/// Names that `filled_like` knows, as an option's range.
inline constexpr std::string_view fills = "mean|black|white|grey|blur|noise";

/// Returns an input of `input`'s shape [N,C,H,W] filled with: "mean" (0 in the network's units, the training mean where
/// it was subtracted), "black", "white" or "grey" (128) pixels, "blur" (the input blurred, Gaussian of a tenth of its
/// shorter side), "noise" (uniform over the input's range, keyed by `seed`). Throws `Error(usage)` for pixel values
/// when the card does not say how a picture becomes the input.
Tensor filled_like(const Tensor& input, const Card& card, std::string_view fill, std::uint64_t seed);

/// Blurs [N,C,H,W] with a Gaussian of standard deviation `sigma` px, edges repeated.
Tensor gaussian_blur(const Tensor& input, double sigma);

}  // namespace fovea

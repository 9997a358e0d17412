// Textures grown pixel by pixel: each new pixel is the middle of a window of the sample that looks like what is around
// it. Efros and Leung 1999, Texture synthesis by non-parametric sampling; in scan-line order Wei and Levoy 2000.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include <fovea/tensor.h>

namespace fovea {

/// In which order pixels are grown.
enum class GrowthOrder {
  onion,  ///< from a seed outward, those with most known neighbours first (Efros and Leung)
  scan,   ///< rows from the top, each pixel by what is above it and to its left (Wei and Levoy)
};

/// Choices of a growth; the defaults are the paper's.
struct GrowthOptions {
  std::int64_t height = 128;
  std::int64_t width = 128;
  int window = 11;         ///< odd, px
  int seed_side = 3;       ///< of the patch that an onion begins with
  double tolerance = 0.1;  ///< windows up to this share worse than the best may be taken
  double ceiling = 0.3;    ///< largest mean squared error per number that a match may have, times 1.1 whenever it stops
  GrowthOrder order = GrowthOrder::onion;
  std::uint64_t seed = 0;
  /// Told how many pixels are known; answers false to stop. May be empty.
  std::function<bool(std::int64_t known, const Tensor& picture)> watch;
};

/// What was grown.
struct Grown {
  Tensor picture;           ///< [3,H,W]
  double mean_error = 0;    ///< of the chosen windows, weighted by the Gaussian
  double ceiling = 0;       ///< as it was in the end
  std::int64_t rounds = 0;  ///< layers of the onion, or pixels of the scan that were matched one by one
};

/// Grows a texture from a sample [3,h,w]. Throws `Error(usage)` for a sample that is smaller than the window.
Grown grow_texture(const Tensor& sample, const GrowthOptions& options);

/// Errors of windows about places against all windows of the sample: sum_k m_k g_k |s_k - t_k|^2 / sum_k m_k g_k, m
/// what is known, g a Gaussian of sigma window / 6.4. `windows` [P,3,w,w], `known` [P,w,w] of 0 and 1; returns [P,
/// windows of the sample], by three matrix products.
Tensor window_errors(const Tensor& sample, const Tensor& windows, const Tensor& known, int window);

}  // namespace fovea

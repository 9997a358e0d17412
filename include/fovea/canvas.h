// Canvases: what is varied when a picture is made. Parameters, and the picture that they stand for, in display units.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include <fovea/api.h>
#include <fovea/options.h>
#include <fovea/tensor.h>

namespace FOVEA_API fovea {

/// What a canvas is made for.
struct CanvasPlan {
  std::int64_t pictures = 1;
  std::int64_t height = 0;  ///< px
  std::int64_t width = 0;
  Tensor start = {};  ///< picture(s) to begin with, display units [1 or N,3,height,width]; undefined: the canvas's own
  Tensor mean = {};   ///< colour that means nothing to the network, display units [1,3,1,1]; undefined: mid-grey
  std::uint64_t seed = 0;
};

/// What a kind of canvas is given.
struct CanvasCall {
  const CanvasPlan& plan;  ///< `mean` is defined, `start` is [N,3,height,width] where it is defined
  const Options& options;
};

/// Parameters and the picture they make. Both functions are pure.
struct Canvas {
  /// Float tensors that require gradients; picture i of N depends on row i of each only.
  std::vector<Tensor> parameters;
  /// Makes the pictures, [N,3,H,W] in display units, or [N,4,H,W] with alpha last; differentiable in the parameters.
  std::function<Tensor(const std::vector<Tensor>& parameters)> image;
  /// Returns parameters whose picture is the given one (clipped where the canvas cannot show it), for priors that
  /// project; empty where there are none in general.
  std::function<std::vector<Tensor>(const Tensor& image)> invert;
};

/// One kind of canvas, one file of src/canvases.
struct CanvasKind {
  std::string_view name;
  std::string_view sentence;
  std::string_view paper;
  std::span<const Option> options = {};
  Canvas (*make)(const CanvasCall&) = nullptr;
};

/// Returns every canvas, sorted by name.
std::span<const CanvasKind* const> all_canvases();
/// Makes a canvas from its text, e.g. "fourier(decay=1)"; throws `Error(usage)`.
Canvas make_canvas(std::string_view text, const CanvasPlan& plan);

}  // namespace fovea

// Colours and bounds that canvases share: Lucid's decorrelated colours, and the logistic bound to [0,1].
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <fovea/canvas.h>

namespace fovea::canvases {

/// Options of the canvases that make colours out of decorrelated ones.
inline constexpr Option colour_option{.name = "colour",
                                      .type = OptionType::choice,
                                      .fallback = "decorrelated",
                                      .range = "decorrelated|rgb",
                                      .help =
                                          "What the three planes mean: colours that vary independently in "
                                          "photographs (Lucid's), or red, green and blue."};
constexpr Option bound_option(std::string_view fallback) {
  return {.name = "bound",
          .type = OptionType::choice,
          .fallback = fallback,
          .range = "sigmoid|none",
          .help = "Keeps values in [0,1] by a logistic function, or leaves them to priors such as range."};
}

/// Returns Lucid's colour matrix over its largest column norm, [3,3]: rgb = matrix x decorrelated.
Tensor colour_matrix(const Tensor& like);
/// Turns decorrelated planes [N,3,H,W] into red, green and blue.
Tensor to_rgb(const Tensor& decorrelated);
/// The reverse.
Tensor from_rgb(const Tensor& rgb);

/// How planes become a picture in display units: colour, then bound (or the mean colour as the middle).
struct Finish {
  bool decorrelated = true;
  bool sigmoid = true;
  Tensor mean;  ///< [1,3,1,1], what 0 stands for without a bound

  Tensor operator()(const Tensor& planes) const;
  /// Returns planes whose picture is the given one; the logistic bound reaches neither 0 nor 1, so it is clipped to
  /// 1/512 from both (half of what 8 bits tell apart).
  Tensor invert(const Tensor& image) const;
};

/// Reads `colour` and `bound` where a canvas has them.
Finish finish_of(const CanvasCall& call);

/// Draws standard normal numbers [N,...shape], picture i's by (seed, i) alone. `part` separates several draws.
Tensor normal_per_picture(const CanvasPlan& plan, const Shape& shape, std::uint64_t part = 0);

}  // namespace fovea::canvases

// Insertion and deletion: the class's probability while pixels in falling order of evidence go over from one picture to
// another. Petsiuk, Das, Saenko 2018, section 4.2.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>

#include "core/fill.h"
#include "measures/common.h"

namespace fovea::measures {

inline constexpr std::string_view removal_fills = "blur|mean|grey|black|white|noise";

/// Returns the picture without anything in it that pixels come from (insertion) or go to (deletion).
inline Tensor empty_picture(const MeasureCall& call) {
  constexpr double published_size = 224;
  const Tensor& input = call.subject.input();
  const std::string& fill = call.options.text("fill");
  if (fill != "blur") return filled_like(input, call.subject.model().card, fill, call.seed);
  const auto side = static_cast<double>(std::min(input.size(2), input.size(3)));
  return gaussian_blur(input, call.options.number("blur") * side / published_size);
}

/// Follows the score while the strongest pixels go over from `from` to `to`: the curve and its area.
inline Measured follow(const MeasureCall& call, const Tensor& from, const Tensor& to) {
  const std::int64_t steps = call.options.integer("steps");
  const Tensor ranks = ranks_of(call.evidence);
  const auto pixels = static_cast<double>(ranks.numel());
  Measured measured;
  measured.curve = values_of(call, followed(call), steps + 1, [&](std::int64_t step) {
    const auto gone =
        static_cast<std::int64_t>(std::llround(pixels * static_cast<double>(step) / static_cast<double>(steps)));
    return at::where(ranks.lt(gone), to, from);
  });
  measured.values = {area_under(measured.curve)};
  return measured;
}

inline constexpr Option steps_option{"steps", OptionType::integer, "100", "2..100000",
                                     "Sets in how many equal steps the pixels go (the paper: a row's worth, 224)."};
inline constexpr Option blur_option{"blur", OptionType::number, "5", "0.5..200",
                                    "Sets the Gaussian of fill=blur, px of a picture of 224 px."};

}  // namespace fovea::measures

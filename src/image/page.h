// Parts of a page of pictures: strips of text, pictures and plots, laid under each other on white.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <fovea/api.h>
#include <fovea/figure.h>

namespace FOVEA_API fovea {

/// Colours and sizes of a page, px.
namespace page_style {
inline constexpr Colour white{255, 255, 255};
inline constexpr Colour ink{32, 32, 32};
inline constexpr Colour soft_ink{110, 110, 110};
inline constexpr Colour faint{224, 224, 224};
inline constexpr int text_height = 17;
inline constexpr int title_height = 24;
inline constexpr int small_text_height = 15;
inline constexpr int page_width = 1120;
inline constexpr int margin = 24;
inline constexpr int content_width = page_width - 2 * margin;
}  // namespace page_style

/// Cuts a text that is too long for a width, never within a letter and its accents, ending it in "…".
std::string shortened_to(std::string_view text, int width, int height, Weight weight = Weight::regular);

/// Breaks a text into lines that fit into a width: at spaces, behind slashes and underscores, before ideographs and
/// kana; a word that is longer than a line where it must be. Of more than `most` lines the last one is shortened.
std::vector<std::string> lines_of(std::string_view text, int width, int height, Weight weight = Weight::regular,
                                  std::size_t most = std::string_view::npos);

/// Makes a strip of paragraphs that are `width` px wide, each with a bullet if so wished.
Figure text_strip(const std::vector<std::string>& paragraphs, int height, Colour colour, bool bullets = false,
                  int width = page_style::content_width, Weight weight = Weight::regular);
/// Makes a strip with a page's title.
Figure title_strip(std::string_view title);

/// Lays strips of the content's width under each other on a page with margins.
Figure page_of(const std::vector<Figure>& strips);

/// Draws a bar of a colour map's colours with `low` and `high` written at its ends, and `middle`, if any, below its
/// middle.
Figure colour_bar(std::string_view colour_map, int width, std::string_view low, std::string_view high,
                  std::string_view middle = {});

/// Returns the round number (1, 2 or 5 times a power of ten) whose multiples cut a span into at most `wanted` parts.
double round_step(double span, int wanted);

/// Words a number with up to `digits` digits, and those before the point whole: "0.0123", "45.6", "4523".
std::string brief(double number, int digits = 3);

}  // namespace fovea

// Parts of a page of pictures: strips of text, pictures and plots, laid under each other on white.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <fovea/api.h>
#include <fovea/image.h>

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

/// Fills the rectangle [x0,x1) x [y0,y1), cut off at the picture's borders.
void fill_box(Image& image, int x0, int y0, int x1, int y1, Colour colour);
/// Draws the rectangle's outline, `thickness` px inwards from its edges, cut off at the picture's borders.
void outline_box(Image& image, int x0, int y0, int x1, int y1, Colour colour, int thickness = 1);
/// Draws a smooth line.
void draw_line(Image& image, double x0, double y0, double x1, double y1, Colour colour, int thickness = 1);
/// Draws a smooth dashed line along an axis, 2 px thick.
void draw_dashed(Image& image, double x0, double y0, double x1, double y1, Colour colour);
/// Draws a smooth filled disc.
void draw_disc(Image& image, double x, double y, double radius, Colour colour);
/// Draws text centred about `x`, its top at `y`.
void draw_centred(Image& image, double x, int y, std::string_view text, int height, Colour colour);
/// Draws text that ends at `x`, its top at `y`.
void draw_flush_right(Image& image, int x, int y, std::string_view text, int height, Colour colour);
/// Puts a picture into another at (x, y); what lies outside is cut off.
void paste(Image& target, const Image& source, int x, int y);

/// Cuts a text that is too long for a width, ending it in "..".
std::string shortened_to(std::string_view text, int width, int height);

/// Makes a strip of paragraphs that are `width` px wide, each with a bullet if so wished.
Image text_strip(const std::vector<std::string>& paragraphs, int height, Colour colour, bool bullets = false,
                 int width = page_style::content_width);

/// Lays strips of the content's width under each other on a page with margins.
Image page_of(const std::vector<Image>& strips);

/// Draws a bar of a colour map's colours with `low` and `high` written at its ends, and `middle`, if any, below its
/// middle.
Image colour_bar(std::string_view colour_map, int width, std::string_view low, std::string_view high,
                 std::string_view middle = {});

/// Returns the round number (1, 2 or 5 times a power of ten) whose multiples cut a span into at most `wanted` parts.
double round_step(double span, int wanted);

/// Words a number with up to `digits` digits, and those before the point whole: "0.0123", "45.6", "4523".
std::string brief(double number, int digits = 3);

}  // namespace fovea

// Colour maps. Inferno, viridis and magma: tables of 256 colours each (van der Walt and Smith 2015).
// "diverging": blue - light grey - red, interpolated in Msh, polar coordinates of CIELAB: M = |(L,a,b)|, s = acos(L/M),
// h = atan2(b,a) (K. Moreland, "Diverging Color Maps for Scientific Visualization", ISVC 2009).
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <string>

#include <fovea/error.h>
#include <fovea/image.h>

#include "image/colour_tables.h"

namespace fovea {
namespace {

/// Colours at equal distances, the first at 0, the last at 1.
using Table = std::vector<Colour>;

/// What a value that is not a number looks like: no colour of the maps.
constexpr Colour not_a_number{0, 255, 0};

std::uint8_t hexadecimal(char digit) { return static_cast<std::uint8_t>(digit < 'a' ? digit - '0' : digit - 'a' + 10); }

/// Reads six hexadecimal digits a colour.
Table table_from(std::string_view digits) {
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint8_t>(16 * hexadecimal(digits[i]) + hexadecimal(digits[i + 1]));
  };
  Table table;
  for (std::size_t i = 0; i < digits.size(); i += 6) table.push_back({byte(i), byte(i + 2), byte(i + 4)});
  return table;
}

Table grey_table() {
  Table table;
  for (int i = 0; i < 256; ++i) {
    const auto level = static_cast<std::uint8_t>(i);
    table.push_back({level, level, level});
  }
  return table;
}

/// A colour in Moreland's coordinates: magnitude, saturation angle, hue angle.
struct Msh {
  double m, s, h;
};

/// CIELAB's inverse companding.
double lab_to_linear(double t) {
  constexpr double delta = 6.0 / 29.0;
  return t > delta ? t * t * t : 3 * delta * delta * (t - 4.0 / 29.0);
}

/// Linear light to an sRGB byte (IEC 61966-2-1).
std::uint8_t srgb_byte(double linear) {
  const double clipped = std::clamp(linear, 0.0, 1.0);
  const double encoded = clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * std::pow(clipped, 1 / 2.4) - 0.055;
  return static_cast<std::uint8_t>(std::lround(255 * encoded));
}

Colour to_colour(const Msh& colour) {
  constexpr double white_x = 0.95047;  // D65
  constexpr double white_z = 1.08883;
  const double lightness = colour.m * std::cos(colour.s);
  const double a = colour.m * std::sin(colour.s) * std::cos(colour.h);
  const double b = colour.m * std::sin(colour.s) * std::sin(colour.h);
  const double fy = (lightness + 16) / 116;
  const double x = white_x * lab_to_linear(fy + a / 500);
  const double y = lab_to_linear(fy);
  const double z = white_z * lab_to_linear(fy - b / 200);
  return {srgb_byte(3.2404542 * x - 1.5371385 * y - 0.4985314 * z),
          srgb_byte(-0.9692660 * x + 1.8760108 * y + 0.0415560 * z),
          srgb_byte(0.0556434 * x - 0.2040259 * y + 1.0572252 * z)};
}

/// The hue that an unsaturated colour of magnitude `m` is given so that the path from `saturated` to it looks straight.
double spun_hue(const Msh& saturated, double m) {
  constexpr double pi = 3.14159265358979323846;
  if (saturated.m >= m) return saturated.h;
  const double spin =
      saturated.s * std::sqrt(m * m - saturated.m * saturated.m) / (saturated.m * std::sin(saturated.s));
  return saturated.h > -pi / 3 ? saturated.h + spin : saturated.h - spin;
}

/// From `end` (t = 0) to the grey in the middle (t = 1).
Colour towards_grey(const Msh& end, double t) {
  constexpr double grey_m = 88;  // sRGB (221,221,221): light, yet told from white
  const Msh grey{grey_m, 0, spun_hue(end, grey_m)};
  return to_colour({end.m + t * (grey.m - end.m), end.s + t * (grey.s - end.s), end.h + t * (grey.h - end.h)});
}

Table diverging_table() {
  constexpr Msh blue{80, 1.08, -1.1};
  constexpr Msh red{80, 1.08, 0.5};
  constexpr int half = 128;  // an odd number of colours, so that 0.5 is grey exactly
  Table table;
  for (int i = 0; i <= half; ++i) table.push_back(towards_grey(blue, static_cast<double>(i) / half));
  for (int i = half - 1; i >= 0; --i) table.push_back(towards_grey(red, static_cast<double>(i) / half));
  return table;
}

const Table& table_of(std::string_view name) {
  static const Table inferno = table_from(colour_tables::inferno);
  static const Table viridis = table_from(colour_tables::viridis);
  static const Table magma = table_from(colour_tables::magma);
  static const Table grey = grey_table();
  static const Table diverging = diverging_table();
  if (name == "inferno") return inferno;
  if (name == "viridis") return viridis;
  if (name == "magma") return magma;
  if (name == "grey") return grey;
  if (name == "diverging") return diverging;
  static const std::vector<std::string> names{"inferno", "viridis", "magma", "grey", "diverging"};
  const std::string near = did_you_mean(name, names);
  throw Error(ErrorKind::usage, "there is no colour map '" + std::string(name) + "'",
              near.empty() ? "use inferno, viridis, magma, grey or diverging" : near);
}

Colour look_up(const Table& table, double value) {
  if (std::isnan(value)) return not_a_number;
  return table[static_cast<std::size_t>(
      std::lround(std::clamp(value, 0.0, 1.0) * static_cast<double>(table.size() - 1)))];
}

}  // namespace

Colour colour_of(std::string_view colour_map, double value) { return look_up(table_of(colour_map), value); }

Image colourise(const Tensor& map01, std::string_view colour_map) {
  const Table& table = table_of(colour_map);
  if (!map01.defined() || map01.dim() != 2) throw Error(ErrorKind::shape, "a map to draw must have two axes [h,w]");
  const Tensor map = map01.detach().to(at::kCPU, at::kFloat).contiguous();
  Image image = make_image(static_cast<int>(map.size(1)), static_cast<int>(map.size(0)));
  const float* value = map.data_ptr<float>();
  for (std::size_t i = 0; i < image.rgb.size(); i += 3, ++value) {
    const Colour colour = look_up(table, *value);
    std::copy(colour.begin(), colour.end(), image.rgb.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return image;
}

}  // namespace fovea

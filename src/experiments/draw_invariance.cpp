// The figure of an invariance experiment, laid out as Zeiler and Fergus's figure 5.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstdio>

#include <fovea/error.h>
#include <fovea/invariance.h>
#include <fovea/plot.h>

#include "image/page.h"

namespace fovea {
namespace {

using namespace page_style;

constexpr int examples_width = 330;
constexpr int plot_width = 400;
constexpr int row_height = 300;
constexpr int width = 2 * margin + examples_width + 3 * plot_width;
constexpr int legend_height = 84;
constexpr int frame = 3;  // of a thumbnail, in its picture's colour

std::string axis_of(Transformation transformation) {
  switch (transformation) {
    case Transformation::translation: return "vertical translation, px of 224 (down is positive)";
    case Transformation::scale: return "enlarged by this factor";
    case Transformation::rotation: return "turned anticlockwise, degrees";
  }
  return "";
}

std::string amount_text(Transformation transformation, double amount) {
  char text[40];
  switch (transformation) {
    case Transformation::translation:
      std::snprintf(text, sizeof text, amount == 0 ? "0 px" : "%+.0f px", amount);
      break;
    case Transformation::scale: std::snprintf(text, sizeof text, "× %.3g", amount); break;
    case Transformation::rotation: std::snprintf(text, sizeof text, "%.3g°", amount); break;
  }
  return text;
}

/// Which changes are shown as examples: the first, the middle and the last; of turns an eighth, a quarter and a half.
std::vector<std::size_t> examples_of(const InvarianceCurve& curve) {
  const std::size_t count = curve.amounts.size();
  if (curve.transformation == Transformation::rotation) return {count / 8, count / 4, count / 2};
  return {0, count / 2, count - 1};
}

void framed(Figure& page, const Image& picture, int x, int y, int side, Colour colour) {
  fill_box(page, x, y, x + side, y + side, colour);
  const int inner = side - 2 * frame;
  paste(page, resize(picture, inner, inner, Interpolation::area), x + frame, y + frame);
}

/// The column of examples: a line per picture, three changes each.
void draw_examples(Figure& page, const Invariance& invariance, std::size_t t, int x, int y) {
  constexpr int most_side = 100;
  constexpr int gap = 4;
  const auto count = static_cast<int>(invariance.pictures.size());
  const int room = row_height - 2 * small_text_height - 24;
  const int side = std::min(most_side, room / count - gap);
  const int across = (examples_width - 20) / 3;
  const InvarianceCurve& first = invariance.pictures.front().curves[t];
  const std::vector<std::size_t> examples = examples_of(first);
  for (std::size_t e = 0; e < examples.size(); ++e) {
    const int centre = x + static_cast<int>(e) * across + across / 2;
    draw_centred(page, centre, y, amount_text(first.transformation, first.amounts[examples[e]]), small_text_height,
                 ink);
    for (int p = 0; p < count; ++p) {
      const PictureInvariance& one = invariance.pictures[static_cast<std::size_t>(p)];
      const Image changed =
          transformed(one.picture.seen, first.transformation, one.curves[t].amounts[examples[e]], invariance.border);
      framed(page, changed, centre - side / 2, y + small_text_height + 8 + p * (side + gap), side,
             line_colour(static_cast<std::size_t>(p)));
    }
  }
}

/// One plot: what `of` takes from every picture's curve.
template <typename Of>
Figure plot_of(const Invariance& invariance, std::size_t t, Of of, double up_to) {
  Plot plot{.title = "",
            .x_label = axis_of(transformations[t]),
            .lines = {},
            .from_zero = true,
            .width = plot_width,
            .height = row_height,
            .up_to = up_to};
  for (std::size_t p = 0; p < invariance.pictures.size(); ++p) {
    const InvarianceCurve& curve = invariance.pictures[p].curves[t];
    plot.lines.push_back({.label = "", .x = curve.amounts, .y = of(curve), .colour = line_colour(p)});
  }
  return draw_plot(plot);
}

double largest(const Invariance& invariance) {
  double most = 0;
  for (const PictureInvariance& one : invariance.pictures) {
    for (const InvarianceCurve& curve : one.curves) {
      for (const double d : curve.first) most = std::max(most, d);
      for (const double d : curve.last) most = std::max(most, d);
    }
  }
  return most;
}

/// The legend: every picture in its colour with its file, class and probability.
Figure legend(const Invariance& invariance, const Card& card) {
  Figure strip(width - 2 * margin, legend_height, white);
  const int room = strip.width / static_cast<int>(invariance.pictures.size());
  for (std::size_t p = 0; p < invariance.pictures.size(); ++p) {
    const PictureInvariance& one = invariance.pictures[p];
    const int x = static_cast<int>(p) * room;
    framed(strip, one.picture.seen, x, 0, legend_height, line_colour(p));
    const int text = x + legend_height + 8;
    const auto line = [&](int row, const std::string& words, Colour colour) {
      draw_text(strip, text, 10 + row * (small_text_height + 6),
                shortened_to(words, x + room - text - 8, small_text_height), small_text_height, colour);
    };
    char share[40];
    std::snprintf(share, sizeof share, "probability %.1f %%", 100 * one.probability);
    line(0, one.picture.name, soft_ink);
    line(1, label_of(card, one.label), line_colour(p));
    line(2, share, soft_ink);
  }
  return strip;
}

std::string border_text(Border border) {
  switch (border) {
    case Border::mean: return "the picture's mean colour";
    case Border::edge: return "its outermost pixels, repeated";
    case Border::reflect: return "its mirror image";
  }
  return "";
}

void draw_heads(Figure& page, const Invariance& invariance, int y) {
  const std::array<std::string, 4> heads{"Examples", "First layer: '" + invariance.first + "'",
                                         "Last layer: '" + invariance.last + "'", "Probability of the class"};
  const std::array<std::string, 4> below{"", "distance of its features, relative", "distance of its features, relative",
                                         "1 = certain"};
  for (std::size_t c = 0; c < heads.size(); ++c) {
    const double centre = c == 0 ? margin + examples_width / 2.0
                                 : margin + examples_width + (static_cast<double>(c) - 0.5) * plot_width + 22;
    draw_centred(page, centre, y, shortened_to(heads[c], plot_width - 16, text_height, Weight::bold), text_height, ink,
                 Weight::bold);
    draw_centred(page, centre, y + text_height + 4, below[c], small_text_height, soft_ink);
  }
}

}  // namespace

Figure draw_invariance(const Invariance& invariance, const Card& card, std::string_view title) {
  if (invariance.pictures.empty() || invariance.pictures.size() > most_invariance_pictures) {
    throw Error(ErrorKind::usage, "a page shows 1 to " + std::to_string(most_invariance_pictures) +
                                      " pictures, one colour each, found " +
                                      std::to_string(invariance.pictures.size()));
  }
  const Figure notes = text_strip(
      {"A relative distance is ||f(Tx) - f(x)|| / ||f(x)||: 0 where nothing changed, 1 where the change is as large as "
       "the features themselves. Where the changed picture has nothing to show stands " +
       border_text(invariance.border) + "."},
      small_text_height, soft_ink, false, width - 2 * margin);
  const int legend_top = margin + title_height + 12;
  const int heads_top = legend_top + legend_height + 18;
  const int rows_top = heads_top + text_height + small_text_height + 10;
  Figure page(width, rows_top + 3 * row_height + 10 + notes.height + margin, white);
  draw_text(page, margin, margin, shortened_to(title, width - 2 * margin, title_height, Weight::bold), title_height,
            ink, Weight::bold);
  paste(page, legend(invariance, card), margin, legend_top);
  draw_heads(page, invariance, heads_top);
  const double most = largest(invariance);
  for (std::size_t t = 0; t < transformations.size(); ++t) {
    const int y = rows_top + static_cast<int>(t) * row_height;
    const int left = margin + examples_width;
    draw_examples(page, invariance, t, margin, y + 28);
    paste(page,
          plot_of(
              invariance, t, [](const InvarianceCurve& c) { return c.first; }, most),
          left, y);
    paste(page,
          plot_of(
              invariance, t, [](const InvarianceCurve& c) { return c.last; }, most),
          left + plot_width, y);
    paste(page,
          plot_of(
              invariance, t, [](const InvarianceCurve& c) { return c.probability; }, 1),
          left + 2 * plot_width, y);
  }
  paste(page, notes, margin, rows_top + 3 * row_height + 10);
  return page;
}

}  // namespace fovea

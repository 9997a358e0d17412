// What a figure shows: its marks, those of its insets, too, at their places in the whole.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include <fovea/figure.h>

namespace fovea::test {

/// Returns a mark further to the right and below.
template <class Kind>
Kind moved(Kind mark, int x, int y) {
  if constexpr (std::is_same_v<Kind, marks::Box>) {
    mark.x0 += x, mark.x1 += x, mark.y0 += y, mark.y1 += y;
  } else if constexpr (std::is_same_v<Kind, marks::Stroke>) {
    for (marks::Point& point : mark.points) point = {point.x + x, point.y + y};
  } else if constexpr (std::is_same_v<Kind, marks::Disc>) {
    mark.centre = {mark.centre.x + x, mark.centre.y + y};
  } else if constexpr (std::is_same_v<Kind, marks::Writing>) {
    mark.start = {mark.start.x + x, mark.start.y + y};
  } else {
    mark.x += x, mark.y += y;
  }
  return mark;
}

/// Returns the marks of one kind, in the order in which they are drawn.
template <class Kind>
std::vector<Kind> marks_in(const Figure& figure, int x = 0, int y = 0) {
  std::vector<Kind> found;
  for (const Mark& mark : figure.marks) {
    if (const Kind* own = std::get_if<Kind>(&mark)) found.push_back(moved(*own, x, y));
    if (const auto* inset = std::get_if<marks::Inset>(&mark)) {
      for (Kind& inner : marks_in<Kind>(*inset->figure, x + inset->x, y + inset->y)) found.push_back(std::move(inner));
    }
  }
  return found;
}

/// Returns all lines of text.
inline std::vector<std::string> texts_in(const Figure& figure) {
  std::vector<std::string> texts;
  for (marks::Writing& writing : marks_in<marks::Writing>(figure)) texts.push_back(std::move(writing.text));
  return texts;
}

/// Tells whether a line of text holds some words.
inline bool says(const Figure& figure, std::string_view words) {
  for (const std::string& text : texts_in(figure)) {
    if (text.find(words) != std::string::npos) return true;
  }
  return false;
}

/// Tells whether a picture is shown, pixel by pixel.
inline bool shows(const Figure& figure, const Image& image) {
  for (const marks::Picture& picture : marks_in<marks::Picture>(figure)) {
    if (picture.image->width == image.width && picture.image->rgb == image.rgb) return true;
  }
  return false;
}

}  // namespace fovea::test

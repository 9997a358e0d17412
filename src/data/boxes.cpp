// Where the objects of a data set's pictures are, as its boxes.csv says: lines "path,label,x0,y0,x1,y1".
// SPDX-License-Identifier: Apache-2.0
#include "data/boxes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include <fovea/error.h>

#include "data/text.h"

namespace fovea {
namespace {

constexpr std::size_t numbers_of_line = 5;

/// A line's path, and the texts of its numbers in their order.
struct Fields {
  std::string_view path;
  std::array<std::string_view, numbers_of_line> numbers;
};

/// Splits a line from its end, for a path may have commas in it; nothing when there are too few.
std::optional<Fields> split(std::string_view line) {
  Fields fields;
  for (std::size_t i = numbers_of_line; i-- > 0;) {
    const std::size_t comma = line.rfind(',');
    if (comma == std::string_view::npos) return std::nullopt;
    fields.numbers[i] = trimmed(line.substr(comma + 1));
    line = line.substr(0, comma);
  }
  fields.path = trimmed(line);
  if (fields.path.size() > 1 && fields.path.front() == '"' && fields.path.back() == '"') {
    fields.path = fields.path.substr(1, fields.path.size() - 2);
  }
  if (fields.path.starts_with("./")) fields.path.remove_prefix(2);
  return fields;
}

std::optional<Box> box_of(const Fields& fields, std::int64_t classes) {
  const auto label = number_in<std::int64_t>(fields.numbers[0]);
  std::array<double, numbers_of_line - 1> edges{};
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const auto edge = number_in<double>(fields.numbers[i + 1]);
    if (!edge || !std::isfinite(*edge)) return std::nullopt;
    edges[i] = *edge;
  }
  const auto [x0, y0, x1, y1] = edges;
  if (!label || *label < 0 || *label >= classes || x1 <= x0 || y1 <= y0) return std::nullopt;
  return Box{.x0 = x0, .y0 = y0, .x1 = x1, .y1 = y1, .label = *label};
}

}  // namespace

BoxesByPath parse_boxes(std::string_view text, std::int64_t classes, const std::string& shown) {
  BoxesByPath boxes;
  std::int64_t line_number = 0;
  for (const std::string_view line : lines_of(text)) {
    ++line_number;
    if (trimmed(line).empty()) continue;
    const auto fields = split(line);
    if (line_number == 1 && fields && fields->path == "path") continue;
    const auto box = fields ? box_of(*fields, classes) : std::nullopt;
    if (!box) {
      throw Error(ErrorKind::format, shown + " line " + std::to_string(line_number) + " is '" + std::string(line) +
                                         "'; expected path,label,x0,y0,x1,y1 with a label in 0.." +
                                         std::to_string(classes - 1) + ", x0 < x1 and y0 < y1");
    }
    boxes[std::string(fields->path)].push_back(*box);
  }
  return boxes;
}

}  // namespace fovea

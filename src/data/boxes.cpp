// Where the objects of a data set's pictures are, as its boxes.csv says: lines "path,label,x0,y0,x1,y1".
// SPDX-License-Identifier: Apache-2.0
#include "data/boxes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include <fovea/error.h>

#include "core/csv.h"
#include "data/text.h"

namespace fovea {
namespace {

constexpr std::size_t cells_of_line = 6;

std::optional<Box> box_of(const std::vector<std::string>& cells, std::int64_t classes) {
  const auto label = number_in<std::int64_t>(cells[1]);
  std::array<double, 4> edges{};
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const auto edge = number_in<double>(cells[i + 2]);
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
    const auto cells = csv_cells(line, cells_of_line);
    if (line_number == 1 && cells && cells->front() == "path") continue;
    const auto box = cells ? box_of(*cells, classes) : std::nullopt;
    if (!box) {
      throw Error(ErrorKind::format, shown + " line " + std::to_string(line_number) + " is '" + std::string(line) +
                                         "'; expected path,label,x0,y0,x1,y1 with a label in 0.." +
                                         std::to_string(classes - 1) + ", x0 < x1 and y0 < y1");
    }
    boxes[relative_path(cells->front())].push_back(*box);
  }
  return boxes;
}

}  // namespace fovea

// Where the objects of a data set's pictures are, as its boxes.csv says.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <fovea/data.h>

namespace fovea {

/// Boxes by the path of their picture.
using BoxesByPath = std::unordered_map<std::string, std::vector<Box>>;

/// Reads boxes.csv: lines "path,label,x0,y0,x1,y1" below a line of these names (which may be missing), labels in
/// 0..classes-1. Throws `Error(format)` naming `shown` and the line.
BoxesByPath parse_boxes(std::string_view text, std::int64_t classes, const std::string& shown);

}  // namespace fovea

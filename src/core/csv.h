// Tables as text (RFC 4180): cells between commas, quoted where they must be.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fovea/api.h>

namespace FOVEA_API fovea {

/// Returns a line of a table with its line end. Cells that hold a comma, a quote or a line end are quoted, and quotes
/// in them doubled.
std::string csv_line(const std::vector<std::string>& cells);

/// Splits a line into so many cells, without their quotes and the blanks around them. Where a path without quotes has
/// commas in it there are more of them than asked for: what is too much belongs to the first. Nothing when there are
/// too few.
std::optional<std::vector<std::string>> csv_cells(std::string_view line, std::size_t count);

}  // namespace fovea

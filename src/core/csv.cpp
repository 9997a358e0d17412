// SPDX-License-Identifier: Apache-2.0
#include "core/csv.h"

#include <algorithm>

namespace fovea {
namespace {

constexpr std::string_view blanks = " \t";

std::string_view without_blanks(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

/// Returns where a quoted cell's last quote stands in a text that begins with its first one; npos: nowhere. Doubled
/// quotes belong to the cell.
std::size_t end_of_quoted(std::string_view text) {
  for (std::size_t at = text.find('"', 1); at != std::string_view::npos; at = text.find('"', at + 2)) {
    if (at + 1 >= text.size() || text[at + 1] != '"') return at;
  }
  return std::string_view::npos;
}

/// Returns how long the first cell of a text is, up to its comma. One that begins with a quote and is never closed, or
/// goes on after it, is no quoted one.
std::size_t length_of_cell(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(blanks), text.size());
  if (begin < text.size() && text[begin] == '"') {
    const std::size_t last = end_of_quoted(text.substr(begin));
    if (last != std::string_view::npos) {
      const std::size_t next = text.find_first_not_of(blanks, begin + last + 1);
      if (next == std::string_view::npos || text[next] == ',') return std::min(next, text.size());
    }
  }
  return std::min(text.find(','), text.size());
}

std::string unquoted(std::string_view text) {
  text = without_blanks(text);
  if (text.size() < 2 || text.front() != '"' || end_of_quoted(text) != text.size() - 1) return std::string(text);
  text = text.substr(1, text.size() - 2);
  std::string cell;
  for (std::size_t i = 0; i < text.size(); ++i) {
    cell += text[i];
    if (text[i] == '"') ++i;
  }
  return cell;
}

}  // namespace

std::string csv_line(const std::vector<std::string>& cells) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line += ',';
    if (cells[i].find_first_of(",\"\r\n") == std::string::npos) {
      line += cells[i];
      continue;
    }
    line += '"';
    for (const char c : cells[i]) line.append(c == '"' ? 2 : 1, c);
    line += '"';
  }
  return line + '\n';
}

std::optional<std::vector<std::string>> csv_cells(std::string_view line, std::size_t count) {
  std::vector<std::size_t> begins{0};
  for (std::size_t at = length_of_cell(line); at < line.size(); at += length_of_cell(line.substr(at))) {
    begins.push_back(++at);
  }
  if (begins.size() < count) return std::nullopt;
  begins.erase(begins.begin() + 1, begins.begin() + 1 + static_cast<std::ptrdiff_t>(begins.size() - count));
  begins.push_back(line.size() + 1);
  std::vector<std::string> cells;
  for (std::size_t i = 0; i < count; ++i) {
    cells.push_back(unquoted(line.substr(begins[i], begins[i + 1] - 1 - begins[i])));
  }
  return cells;
}

}  // namespace fovea

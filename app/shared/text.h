// Words and numbers for people: shapes, counts with units, tables, paragraphs.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <fovea/tensor.h>

namespace fovea::cli {

/// Words a shape: "[1,3,224,224]", with "?" for free extents.
std::string shape_text(at::IntArrayRef shape);
/// Words a count with three digits and K, M or G: "388M", "1.24M"; below 1000 as it is.
std::string count_text(std::int64_t count);
/// Words a number with up to six digits.
std::string number_text(double number);
/// Words a class: "tabby (281)", or "class 281" where it has no label.
std::string class_text(std::string_view label, std::int64_t index);
/// Words a share: "83.2 %".
std::string percent_text(double share);
/// Joins texts with a separator.
std::string joined(const std::vector<std::string>& texts, std::string_view separator);
/// Words a name, "grad_cam": with blanks for underlines, so that it may be broken into lines.
std::string in_words(std::string_view name);
/// Breaks text at blanks into lines of at most `width` characters, each after an indent.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width = 100);

/// One column of a table.
struct Column {
  std::string title;
  bool right = false;  ///< numbers are set flush right
};

/// Lays rows out under their titles, columns two blanks apart.
std::string table_text(const std::vector<Column>& columns, const std::vector<std::vector<std::string>>& rows);

}  // namespace fovea::cli

// Comparing names and endings whatever their case.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace fovea {

/// Returns a text with ASCII's capitals made small, in any locale; other bytes, such as those of UTF-8, stay.
inline std::string lower_case(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

/// Returns a path's extension in lower case: ".png" of "holiday/CAT.PNG", "" where there is none.
inline std::string ending_of(const std::filesystem::path& path) { return lower_case(path.extension().string()); }

}  // namespace fovea

// Lines of transcripts: `[..]` stands for anything within a line, `...` for any number of lines. Matching them, and
// rewriting them without losing either.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace fovea::transcripts {

using Lines = std::vector<std::string>;

/// Matches one line, in which each `[..]` stands for any text.
bool line_matches(std::string_view expected, std::string_view printed);

/// Matches all lines, where `...` stands for any number of them.
bool matches(const Lines& expected, const Lines& printed);

/// Returns what was printed, worded as what was expected wherever that still holds: `...` and `[..]` stay, as far as
/// what stands around them was printed.
Lines rewritten(const Lines& expected, const Lines& printed);

}  // namespace fovea::transcripts

// What may come next on a command line, for the shell's TAB: verbs, parts, options, their words and names.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace fovea::cli {

/// Returns what the last of the words, which is begun or empty, may become; `words` are those behind the program's
/// name. Nothing where a file or free text is expected.
std::vector<std::string> completions(const std::vector<std::string>& words);

}  // namespace fovea::cli

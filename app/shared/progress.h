// Progress on stderr: a bar with rate and time left on a terminal, a plain line now and then otherwise.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include <fovea/technique.h>

namespace fovea::cli {

/// Makes a listener that draws progress under a label; it answers false after Ctrl-C. The bar is wiped when the
/// listener's last copy goes.
Progress progress_on_stderr(std::string label);

/// The same with a text after the numbers, such as what the objective is now.
using TellingProgress = std::function<bool(std::int64_t done, std::int64_t total, const std::string& text)>;
TellingProgress telling_progress_on_stderr(std::string label);

}  // namespace fovea::cli

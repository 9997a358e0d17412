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

}  // namespace fovea::cli

// Performing what a command line says.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "shared/verb.h"

namespace fovea::cli {

/// Reads a verb's arguments and does what they ask; `--help` prints its help instead. `group` are the words before the
/// verb's name. Throws `Error(usage)` for a wrong command line, offering near options.
int perform(const Verb& verb, const std::vector<std::string>& arguments, const std::string& group = "fovea");

/// Performs a whole command line, without the program's name: finds the verb, and tells what went wrong in two lines.
/// Returns the exit status.
int perform_all(const std::vector<std::string>& arguments);

}  // namespace fovea::cli

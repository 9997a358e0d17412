// How failures reach the person at the terminal: `error: ...` and `hint: ...` on stderr, and an exit status.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>

namespace fovea::cli {

/// Exit status of a wrong command line.
inline constexpr int usage_status = 2;
/// Exit status of everything else that went wrong.
inline constexpr int failure_status = 1;

/// Prints an exception and returns the exit status it calls for.
int report(const std::exception& failure);

}  // namespace fovea::cli

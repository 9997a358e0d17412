// Ctrl-C: the first one asks for a clean stop, the second one ends the program at once.
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace fovea::cli {

/// Exit status of a program that Ctrl-C ended: 128 plus the signal's number.
inline constexpr int interrupted_status = 130;

/// Starts to listen for Ctrl-C.
void listen_for_interrupt();

/// Tells whether Ctrl-C was pressed.
bool interrupted();

/// Throws `Error(stopped)` when Ctrl-C was pressed; called between pieces of work.
void stop_if_interrupted();

}  // namespace fovea::cli

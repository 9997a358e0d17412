// Telling a listener how far a work is, and ending it when the listener says so.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fovea/error.h>

namespace fovea {

/// Ends what somebody asked to stop.
[[noreturn]] inline void throw_stopped() { throw Error(ErrorKind::stopped, "stopped"); }

/// Tells a listener, if there is one, how far a work is; throws `Error(stopped)` when it answers false.
template <typename Listener, typename... Told>
void report_to(const Listener& listener, const Told&... told) {
  if (listener && !listener(told...)) throw_stopped();
}

}  // namespace fovea

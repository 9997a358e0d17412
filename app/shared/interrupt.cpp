// Ctrl-C as a flag that work in progress looks at.
// SPDX-License-Identifier: Apache-2.0
#include "shared/interrupt.h"

#include <csignal>

#include "core/progress.h"

namespace fovea::cli {
namespace {

volatile std::sig_atomic_t pressed = 0;  // a signal handler can reach nothing but a global

void remember(int) { pressed = 1; }

}  // namespace

void listen_for_interrupt() {
  struct sigaction action {};
  action.sa_handler = remember;
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;  // the second Ctrl-C finds the default: end at once
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);  // what schedulers send
}

bool interrupted() { return pressed != 0; }

void stop_if_interrupted() {
  if (interrupted()) throw_stopped();
}

}  // namespace fovea::cli

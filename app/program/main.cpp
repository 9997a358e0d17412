// The program that computes: everything behind the front (app/front), which hands on to it what cannot be answered
// without libtorch.
// SPDX-License-Identifier: Apache-2.0
#include <malloc.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "program/front_tables.h"
#include "shared/interrupt.h"
#include "shared/perform.h"

namespace {

using namespace fovea;

/// Keeps freed memory. Activations come and go by the megabyte; given back to the system, every run would fault their
/// pages in anew, which costs a fifth of SqueezeNet's forward.
void keep_freed_memory() {
  constexpr int largest_threshold = 32 << 20;  // glibc refuses a larger one
  constexpr int kept = 1 << 30;
  mallopt(M_MMAP_THRESHOLD, largest_threshold);
  mallopt(M_TRIM_THRESHOLD, kept);
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const bool is_built = arguments.size() == 2 && arguments[0] == "--front-tables";
  keep_freed_memory();
  cli::listen_for_interrupt();
  const int status = is_built ? cli::write_front_tables(arguments[1]) : cli::perform_all(arguments);
  std::fflush(stderr);
  // Every file is closed by now; unloading libtorch's 250 libraries one by one would only cost time.
  std::_Exit(status);
}

// Printing failures.
// SPDX-License-Identifier: Apache-2.0
#include "shared/failure.h"

#include <cstdio>
#include <new>

#include <fmt/format.h>

#include <fovea/error.h>

#include "shared/interrupt.h"

namespace fovea::cli {
namespace {

struct Told {
  std::string message;
  std::string hint;
  int status = failure_status;
};

/// Messages of libraries may have lines of their own (libtorch's back traces); the first one says what happened.
std::string first_line(std::string text) { return text.substr(0, text.find('\n')); }

Told told_of(const std::exception& failure) {
  if (interrupted()) return {"stopped", {}, interrupted_status};
  if (const auto* error = dynamic_cast<const Error*>(&failure)) {
    if (error->kind() == ErrorKind::stopped) return {error->what(), error->hint(), interrupted_status};
    return {error->what(), error->hint(), error->kind() == ErrorKind::usage ? usage_status : failure_status};
  }
  if (dynamic_cast<const std::bad_alloc*>(&failure) != nullptr) {
    return {"out of memory", "use smaller pictures, or a machine with more memory"};
  }
  return {first_line(failure.what())};
}

}  // namespace

int report(const std::exception& failure) {
  const Told told = told_of(failure);
  std::fflush(stdout);  // results come before what went wrong after them
  fmt::print(stderr, "error: {}\n", told.message);
  if (!told.hint.empty()) fmt::print(stderr, "hint: {}\n", told.hint);
  return told.status;
}

}  // namespace fovea::cli

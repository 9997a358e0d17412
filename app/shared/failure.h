// How failures reach the person at the terminal: `error: ...` and `hint: ...` on stderr, and an exit status.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include "shared/json.h"

namespace fovea::cli {

/// Exit status of a wrong command line.
inline constexpr int usage_status = 2;
/// Exit status of everything else that went wrong.
inline constexpr int failure_status = 1;

/// Prints an exception and returns the exit status it calls for.
int report(const std::exception& failure);

/// Failures of single pictures: the others are still answered, these are told at the end.
class Failures {
 public:
  /// Keeps a picture's failure and returns what `--json` says of it; passes on what is no fault of the picture: a wrong
  /// command line, Ctrl-C.
  Json keep(const std::filesystem::path& picture, std::exception_ptr failure);
  /// Prints all that were kept and returns the exit status.
  int report_all() const;

 private:
  std::vector<std::exception_ptr> failures_;
};

}  // namespace fovea::cli

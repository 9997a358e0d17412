// Failures of single pictures among many: kept while the others are answered, told at the end.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <filesystem>
#include <vector>

#include "shared/json.h"

namespace fovea::cli {

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

// SPDX-License-Identifier: Apache-2.0
#include "shared/failures.h"

#include <algorithm>

#include <fovea/error.h>

#include "shared/failure.h"

namespace fovea::cli {

Json Failures::keep(const std::filesystem::path& picture, std::exception_ptr failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::stopped || error.kind() == ErrorKind::usage) throw;
    failures_.push_back(failure);
    Json json{{"file", picture.string()}, {"error", error.what()}};
    if (!error.hint().empty()) json["hint"] = error.hint();
    return json;
  }
}

int Failures::report_all() const {
  int status = 0;
  for (const std::exception_ptr& failure : failures_) {
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& error) {
      status = std::max(status, report(error));
    }
  }
  return status;
}

}  // namespace fovea::cli

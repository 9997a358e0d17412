// What a call failed with, for tests of errors.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <fovea/error.h>

namespace fovea::test {

/// Runs a call and returns "kind: message" of the Error that it throws, "" when it throws none.
template <typename Call>
std::string failure_of(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    return std::string(name(error.kind())) + ": " + error.what();
  }
  return {};
}

/// Tells whether a text holds another.
inline bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace fovea::test

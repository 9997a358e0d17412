// What every failure of Fovea looks like: a kind, a lower-case message with names and numbers, and a hint.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fovea/api.h>

namespace FOVEA_API fovea {

/// Says whose mistake an error is and what could mend it; `stopped` is nobody's: who listened asked for it.
enum class ErrorKind { usage, file, format, unsupported, shape, resource, internal, stopped };

/// Names a kind as it is spelled in JSON answers.
std::string_view name(ErrorKind kind);

/// The one exception type that leaves the library.
class Error : public std::exception {
 public:
  Error(ErrorKind kind, std::string message, std::string hint = {});

  /// Tells the kind of the failure.
  ErrorKind kind() const noexcept { return kind_; }
  /// Tells what, where, what was expected and what was found, in one line.
  const char* what() const noexcept override { return message_.c_str(); }
  /// Tells what to do about it; may be empty.
  const std::string& hint() const noexcept { return hint_; }

 private:
  ErrorKind kind_;
  std::string message_;
  std::string hint_;
};

/// Returns up to `most` of the `candidates` nearest to `name` by edit distance, best first; none that is too far off.
std::vector<std::string> nearest(std::string_view name, std::span<const std::string> candidates, std::size_t most = 3);

/// Words a hint out of `nearest`: "did you mean 'conv1' or 'conv2'?", or "" when nothing is near.
std::string did_you_mean(std::string_view name, std::span<const std::string> candidates);

}  // namespace fovea

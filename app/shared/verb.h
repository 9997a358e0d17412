// A verb of the command line: one constant descriptor per file of app/cli, printed by `fovea --help`. A verb may have
// parts of its own (`fovea atlas build`), each a descriptor of the same kind in a folder of its own.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fovea::cli {

class Parser;

/// What a verb does once its arguments are read; returns the exit status.
using Action = std::function<int()>;

/// One verb.
struct Verb {
  std::string_view name;
  std::string_view sentence;  ///< one line for the list of verbs
  std::string_view examples;  ///< lines below the options in `fovea VERB --help`
  /// Adds the verb's arguments to a parser and returns what to do after parsing; the action owns what was read.
  Action (*add)(Parser&) = nullptr;
  /// Returns the verb's parts, sorted by name: the first argument names one of them, and `add` is not used. Null: none.
  std::span<const Verb* const> (*parts)() = nullptr;
  /// Returns the words of command lines whose output never changes; it is kept when the program is built, so that they
  /// are answered at once. Null: none.
  std::vector<std::vector<std::string>> (*fixed)() = nullptr;
};

/// Returns every verb, sorted by name.
std::span<const Verb* const> all();

}  // namespace fovea::cli

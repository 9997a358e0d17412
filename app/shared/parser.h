// What a verb takes on its command line, declared: names, help, checks and where the values go. CLI11 reads command
// lines by it, in parser.cpp alone: its headers cost 10 s in every unit that includes them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace fovea::cli {

/// What an argument takes.
enum class ArgumentKind { flag, text, integer, natural, number, texts, integers };

/// Where an argument's value goes; which of them it is says what is taken.
using Target = std::variant<bool*, std::string*, std::optional<std::string>*, int*, std::int64_t*, std::uint64_t*,
                            double*, std::vector<std::string>*, std::vector<std::int64_t>*>;

/// Bounds of a number, both included; none at first.
using Bounds = std::variant<std::monostate, std::pair<std::int64_t, std::int64_t>, std::pair<double, double>>;

/// One argument: an option ("--threads"), a flag, or one that stands by itself ("MODEL").
class Argument {
 public:
  Argument(std::string name, Target target, std::string help);

  /// Sets what help shows behind the name: "N".
  Argument& text(std::string shown);
  /// Says that a command line without it is refused.
  Argument& required(bool is = true);
  /// Says that a command line with neither it nor the option `name` is refused, with a hint.
  Argument& required_unless(std::string name, std::string hint);
  /// Refuses it where the option `name` is not given, with a hint.
  Argument& needs(std::string name, std::string hint);
  /// Refuses it where the option `name` is not given this word.
  Argument& needs(std::string name, std::string word, std::string hint);
  /// Refuses it beside the option `name`, with a hint.
  Argument& excludes(std::string name, std::string hint);
  /// Refuses it where the option `name` is given this word.
  Argument& excludes(std::string name, std::string word, std::string hint);
  /// Tells `given` whether the command line has it.
  Argument& tells(bool& given);
  /// Says what it was called once: whoever writes that is told the name of today.
  Argument& was(std::string name);
  /// Refuses whole numbers outside of [low, high].
  Argument& range(std::int64_t low, std::int64_t high);
  /// Refuses numbers outside of [low, high].
  Argument& range_of_numbers(double low, double high);
  /// Refuses numbers that are not above 0.
  Argument& positive();
  /// Refuses everything but these words.
  Argument& among(std::vector<std::string> words);
  /// Refuses what is not called as a thing of a group of `fovea list` ("technique"; "" is any); `all` and the empty
  /// text pass. Names are parted by commas; of several texts only the first is a name.
  Argument& names(std::string group);
  /// Offers the names of a group to whoever completes a command line; others pass, too.
  Argument& suggests(std::string group);
  /// Splits one text into several at a character.
  Argument& split_at(char delimiter);
  /// Says that it takes one text at a time, and may be given several times.
  Argument& one_each();
  /// Says that it takes NAME=VALUE: several behind it, or one at a time.
  Argument& pairs();

  /// That another option must be given, or must not; with a word: given that word.
  struct Condition {
    std::string option;
    std::string word;
    std::string hint;
    bool wanted = true;
  };

  /// What was declared, for who reads, prints or completes.
  struct Facts {
    std::string name;
    Target target;
    std::string help;
    std::string text;
    bool required = false;
    std::string unless;
    std::string unless_hint;
    std::vector<Condition> conditions;
    bool* given = nullptr;
    std::string old_name;
    Bounds bounds;
    bool positive = false;
    std::vector<std::string> among;
    bool is_name = false;       ///< refused unless it is a name of `group`
    bool is_suggested = false;  ///< names of `group` are offered
    std::string group;
    char delimiter = '\0';
    bool one_each = false;
    bool pairs = false;
  };
  const Facts& facts() const { return facts_; }

 private:
  Facts facts_;
};

/// Names what an argument takes.
ArgumentKind kind_of(const Argument& argument);

/// What a verb takes.
class Parser {
 public:
  /// Adds an option or an argument that stands by itself; the reference holds until the parser goes.
  Argument& add_option(std::string name, Target target, std::string help);
  /// Adds a flag; `!--no-pixels` sets its target to false.
  Argument& add_flag(std::string name, bool& target, std::string help);
  template <typename T>
  Argument& add_option(std::string name, T& target, std::string help) {
    return add_option(std::move(name), Target(&target), std::move(help));
  }
  /// Adds an argument whose value is read and checked, then forgotten.
  Argument& add_checked(std::string name, ArgumentKind kind, std::string help);

  /// Returns what was added, in that order.
  const std::deque<Argument>& arguments() const { return arguments_; }
  /// Returns the names of options and flags, with their dashes.
  std::vector<std::string> option_names() const;
  /// Returns the option of a name ("--set"), or null.
  const Argument* find(std::string_view option) const;
  /// Returns one that was added, for who says more about it.
  Argument& at(std::string_view name);
  /// Refuses each of these beside the option `name`, with a hint.
  void excludes(const std::string& name, std::initializer_list<std::string_view> others, const std::string& hint);
  /// Refuses each of these where the option `name` is not given.
  void needs(const std::string& name, std::initializer_list<std::string_view> others, const std::string& hint);

 private:
  std::deque<Argument> arguments_;
  std::deque<std::variant<bool, std::string, int, std::int64_t, std::uint64_t, double, std::vector<std::string>,
                          std::vector<std::int64_t>>>
      forgotten_;
};

/// What help says of a command besides its arguments.
struct Command {
  std::string name;  ///< "fovea atlas build"
  std::string sentence;
  std::string examples;
};

/// Reads a command line into the targets. Returns the help when it asks for it, and nothing when all was read. Throws
/// `Error(usage)` for a wrong command line, offering near options.
std::optional<std::string> read_arguments(const Parser& parser, const Command& command,
                                          const std::vector<std::string>& arguments);

/// Returns the names that `fovea list` knows in a group, all of them for "".
std::vector<std::string> names_in(std::string_view group);

}  // namespace fovea::cli

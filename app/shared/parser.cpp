// Declaring arguments, and reading command lines by them with CLI11.
// SPDX-License-Identifier: Apache-2.0
#include "shared/parser.h"

#include <algorithm>
#include <cctype>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <fovea/error.h>

namespace fovea::cli {
namespace {

std::string help_hint(const Command& command) { return "`" + command.name + " --help` shows how"; }

/// Repeats an option's name before every further pair: `--set a=1 b=2` becomes `--set a=1 --set b=2`. A list option of
/// CLI11 would also swallow a MODEL that follows it.
std::vector<std::string> with_repeated_names(const Parser& parser, const std::vector<std::string>& arguments) {
  const auto takes_pairs = [&](const std::string& argument) {
    const Argument* option = argument.starts_with("--") ? parser.find(argument) : nullptr;
    return option != nullptr && option->facts().pairs;
  };
  std::vector<std::string> result;
  std::string option;            // the pair option that is open
  bool behind_its_pair = false;  // whether it has its first pair
  for (const std::string& argument : arguments) {
    const bool continues = behind_its_pair && !argument.starts_with("-") && argument.find('=') != std::string::npos;
    if (continues) result.push_back(option);
    if (!continues && (option.empty() || behind_its_pair)) {
      option = takes_pairs(argument) ? argument : "";
      behind_its_pair = false;
    } else {
      behind_its_pair = true;
    }
    result.push_back(argument);
  }
  return result;
}

/// Throws where an option has another name today.
void throw_renamed_option(const Parser& parser, const std::string& name) {
  for (const Argument& argument : parser.arguments()) {
    const Argument::Facts& facts = argument.facts();
    if (facts.old_name != name) continue;
    throw Error(ErrorKind::usage, fmt::format("{} is called {} now", name, facts.name),
                fmt::format("{} {}", facts.name, facts.text));
  }
}

/// Finds the first argument that looks like an option and is none, and throws naming it.
void throw_unknown_option(const Parser& parser, const Command& command, const std::vector<std::string>& arguments) {
  std::vector<std::string> known = parser.option_names();
  known.emplace_back("--help");
  for (const std::string& argument : arguments) {
    if (argument == "--") return;
    const std::string name = argument.substr(0, argument.find('='));
    if (!name.starts_with("-") || name.size() < 2) continue;
    if (std::find(known.begin(), known.end(), name) != known.end() || name == "-h") continue;
    throw_renamed_option(parser, name);
    const std::string hint = did_you_mean(name, known);
    throw Error(ErrorKind::usage, command.name + " has no option '" + name + "'",
                hint.empty() ? help_hint(command) : hint);
  }
}

/// Words CLI11's complaint as ours: lower-case unless it begins with a name.
[[noreturn]] void throw_as_ours(const Command& command, std::string message) {
  const bool begins_with_word = message.size() > 1 && std::islower(static_cast<unsigned char>(message[1])) != 0;
  if (begins_with_word) message[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(message[0])));
  throw Error(ErrorKind::usage, message, help_hint(command));
}

/// Says what is wrong with what is no number of a range; worded here, for releases of CLI11 word it differently.
template <class Number>
std::string refusal_outside(const std::string& given, Number least, Number most) {
  Number value{};
  if (CLI::detail::lexical_cast(given, value) && value >= least && value <= most) return "";
  return fmt::format("Value {} not in range {} to {}", given, least, most);
}

/// Says what is wrong with what is no number over 0.
std::string refusal_unless_positive(const std::string& given) {
  double value = 0;
  if (CLI::detail::lexical_cast(given, value) && value > 0) return "";
  return fmt::format("Value {} is not a number over 0", given);
}

template <class Number>
void check_range(CLI::Option& option, Number least, Number most) {
  option.check([=](const std::string& given) { return refusal_outside(given, least, most); });
}

void add_checks(CLI::Option& option, const Argument::Facts& facts) {
  if (const auto* whole = std::get_if<std::pair<std::int64_t, std::int64_t>>(&facts.bounds)) {
    check_range(option, whole->first, whole->second);
  }
  if (const auto* any = std::get_if<std::pair<double, double>>(&facts.bounds)) {
    check_range(option, any->first, any->second);
  }
  if (facts.positive) option.check(refusal_unless_positive);
  if (!facts.among.empty()) option.check(CLI::IsMember(facts.among));
}

/// A positional's name as CLI11 takes it: from 2.4 on none with spaces ("KIND MODEL IMAGE").
std::string joined(std::string name) {
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
}

/// Gives names in a text of CLI11's their spaces back.
std::string as_declared(std::string text, const Parser& parser) {
  for (const Argument& argument : parser.arguments()) {
    const std::string& name = argument.facts().name;
    if (name.find(' ') == std::string::npos) continue;
    const std::string taken = joined(name);
    for (std::size_t at = text.find(taken); at != std::string::npos; at = text.find(taken, at + name.size())) {
      text.replace(at, taken.size(), name);
    }
  }
  return text;
}

void add_to(CLI::App& app, const Argument& argument) {
  const Argument::Facts& facts = argument.facts();
  if (const auto* flag = std::get_if<bool*>(&facts.target)) {
    app.add_flag(facts.name, **flag, facts.help);
    return;
  }
  CLI::Option* option =
      std::visit([&](auto* target) { return app.add_option(joined(facts.name), *target, facts.help); }, facts.target);
  if (!facts.text.empty()) option->option_text(facts.text);
  option->required(facts.required);
  if (facts.delimiter != '\0') option->delimiter(facts.delimiter);
  if (facts.one_each) option->expected(1)->take_all();
  if (facts.pairs) option->allow_extra_args(false);
  add_checks(*option, facts);
}

// --- names ---

std::vector<std::string> parted(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t comma = std::min(text.find(',', begin), text.size());
    parts.push_back(text.substr(begin, comma - begin));
    begin = comma + 1;
  }
  return parts;
}

[[noreturn]] void throw_unknown_name(const std::string& group, const std::string& name,
                                     const std::vector<std::string>& known) {
  const std::string near = did_you_mean(name, known);
  if (group.empty()) {
    throw Error(ErrorKind::usage, "nothing is called '" + name + "'",
                near.empty() ? "`fovea list` shows them all" : near);
  }
  const std::string what = group == "kind" ? "kind of making" : group;
  throw Error(ErrorKind::usage, "there is no " + what + " '" + name + "'",
              near.empty() ? "`fovea list` shows them all" : near);
}

void require_names(const Argument::Facts& facts) {
  std::vector<std::string> given;
  if (const auto* text = std::get_if<std::string*>(&facts.target)) given = parted(**text);
  if (const auto* texts = std::get_if<std::vector<std::string>*>(&facts.target)) {
    if (!(*texts)->empty()) given = {(*texts)->front()};
  }
  if (given.empty() || given == std::vector<std::string>{""} || given == std::vector<std::string>{"all"}) return;
  const std::vector<std::string> known = names_in(facts.group);
  for (const std::string& name : given) {
    if (std::find(known.begin(), known.end(), name) == known.end()) throw_unknown_name(facts.group, name, known);
  }
}

// --- what goes together ---

/// Throws unless the command line fits a condition of an argument that it has.
void require_condition(const CLI::App& app, const std::string& name, const Argument::Condition& condition) {
  const std::vector<std::string> given = app.get_option(joined(condition.option))->results();
  const bool has_word = std::find(given.begin(), given.end(), condition.word) != given.end();
  const bool holds = condition.word.empty() ? !given.empty() : has_word;
  if (holds == condition.wanted) return;
  const std::string other = condition.word.empty() ? condition.option : condition.option + " " + condition.word;
  if (!condition.wanted) throw Error(ErrorKind::usage, name + " and " + other + " do not go together", condition.hint);
  const std::string found = given.empty() ? "" : ", found " + given.front();
  throw Error(ErrorKind::usage, fmt::format("{} needs {}{}", name, other, found), condition.hint);
}

void require_conditions(const CLI::App& app, const Argument::Facts& facts) {
  if (facts.given == nullptr && facts.conditions.empty()) return;
  const bool given = app.count(joined(facts.name)) > 0;
  if (facts.given != nullptr) *facts.given = given;
  if (!given) return;
  for (const Argument::Condition& condition : facts.conditions) require_condition(app, facts.name, condition);
}

}  // namespace

Argument::Argument(std::string name, Target target, std::string help)
    : facts_{.name = std::move(name), .target = target, .help = std::move(help)} {}

Argument& Argument::text(std::string shown) {
  facts_.text = std::move(shown);
  return *this;
}

Argument& Argument::required(bool is) {
  facts_.required = is;
  return *this;
}

Argument& Argument::required_unless(std::string name, std::string hint) {
  facts_.unless = std::move(name);
  facts_.unless_hint = std::move(hint);
  return *this;
}

Argument& Argument::needs(std::string name, std::string hint) { return needs(std::move(name), "", std::move(hint)); }

Argument& Argument::needs(std::string name, std::string word, std::string hint) {
  facts_.conditions.push_back({std::move(name), std::move(word), std::move(hint), true});
  return *this;
}

Argument& Argument::excludes(std::string name, std::string hint) {
  return excludes(std::move(name), "", std::move(hint));
}

Argument& Argument::excludes(std::string name, std::string word, std::string hint) {
  facts_.conditions.push_back({std::move(name), std::move(word), std::move(hint), false});
  return *this;
}

Argument& Argument::tells(bool& given) {
  facts_.given = &given;
  return *this;
}

Argument& Argument::was(std::string name) {
  facts_.old_name = std::move(name);
  return *this;
}

Argument& Argument::range(std::int64_t low, std::int64_t high) {
  facts_.bounds = std::pair(low, high);
  return *this;
}

Argument& Argument::range_of_numbers(double low, double high) {
  facts_.bounds = std::pair(low, high);
  return *this;
}

Argument& Argument::positive() {
  facts_.positive = true;
  return *this;
}

Argument& Argument::among(std::vector<std::string> words) {
  facts_.among = std::move(words);
  return *this;
}

Argument& Argument::names(std::string group) {
  facts_.is_name = true;
  return suggests(std::move(group));
}

Argument& Argument::suggests(std::string group) {
  facts_.is_suggested = true;
  facts_.group = std::move(group);
  return *this;
}

Argument& Argument::split_at(char delimiter) {
  facts_.delimiter = delimiter;
  return *this;
}

Argument& Argument::one_each() {
  facts_.one_each = true;
  return *this;
}

Argument& Argument::pairs() {
  facts_.pairs = true;
  return *this;
}

ArgumentKind kind_of(const Argument& argument) {
  struct Named {
    ArgumentKind operator()(bool*) const { return ArgumentKind::flag; }
    ArgumentKind operator()(std::string*) const { return ArgumentKind::text; }
    ArgumentKind operator()(std::optional<std::string>*) const { return ArgumentKind::text; }
    ArgumentKind operator()(int*) const { return ArgumentKind::integer; }
    ArgumentKind operator()(std::int64_t*) const { return ArgumentKind::integer; }
    ArgumentKind operator()(std::uint64_t*) const { return ArgumentKind::natural; }
    ArgumentKind operator()(double*) const { return ArgumentKind::number; }
    ArgumentKind operator()(std::vector<std::string>*) const { return ArgumentKind::texts; }
    ArgumentKind operator()(std::vector<std::int64_t>*) const { return ArgumentKind::integers; }
  };
  return std::visit(Named{}, argument.facts().target);
}

Argument& Parser::add_option(std::string name, Target target, std::string help) {
  return arguments_.emplace_back(std::move(name), target, std::move(help));
}

Argument& Parser::add_flag(std::string name, bool& target, std::string help) {
  return arguments_.emplace_back(std::move(name), Target(&target), std::move(help));
}

Argument& Parser::add_checked(std::string name, ArgumentKind kind, std::string help) {
  const auto add = [&]<typename T>(T value) -> Argument& {
    T& target = std::get<T>(forgotten_.emplace_back(std::move(value)));
    return add_option(std::move(name), Target(&target), std::move(help));
  };
  switch (kind) {
    case ArgumentKind::flag: return add(false);
    case ArgumentKind::text: return add(std::string());
    case ArgumentKind::integer: return add(std::int64_t{0});
    case ArgumentKind::natural: return add(std::uint64_t{0});
    case ArgumentKind::number: return add(0.0);
    case ArgumentKind::texts: return add(std::vector<std::string>());
    case ArgumentKind::integers: return add(std::vector<std::int64_t>());
  }
  throw Error(ErrorKind::internal, "an argument of no kind");
}

std::vector<std::string> Parser::option_names() const {
  std::vector<std::string> names;
  for (const Argument& argument : arguments_) {
    const std::string& name = argument.facts().name;
    const std::size_t dashes = name.find("--");
    if (dashes <= 1 && dashes != std::string::npos) names.push_back(name.substr(dashes));
  }
  return names;
}

const Argument* Parser::find(std::string_view option) const {
  for (const Argument& argument : arguments_) {
    if (argument.facts().name == option) return &argument;
  }
  return nullptr;
}

Argument& Parser::at(std::string_view name) {
  for (Argument& argument : arguments_) {
    if (argument.facts().name == name) return argument;
  }
  throw Error(ErrorKind::internal, "there is no argument " + std::string(name));
}

void Parser::excludes(const std::string& name, std::initializer_list<std::string_view> others,
                      const std::string& hint) {
  for (const std::string_view other : others) at(other).excludes(name, hint);
}

void Parser::needs(const std::string& name, std::initializer_list<std::string_view> others, const std::string& hint) {
  for (const std::string_view other : others) at(other).needs(name, hint);
}

std::optional<std::string> read_arguments(const Parser& parser, const Command& command,
                                          const std::vector<std::string>& arguments) {
  constexpr std::size_t help_column = 34;
  CLI::App app(command.sentence, command.name);
  app.footer(command.examples);
  app.get_formatter()->column_width(help_column);
  for (const Argument& argument : parser.arguments()) add_to(app, argument);
  std::vector<std::string> reversed = with_repeated_names(parser, arguments);
  std::reverse(reversed.begin(), reversed.end());  // as CLI11 takes them
  try {
    app.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    return as_declared(app.help(), parser);
  } catch (const CLI::ParseError& error) {
    throw_unknown_option(parser, command, arguments);
    throw_as_ours(command, as_declared(error.what(), parser));
  }
  for (const Argument& argument : parser.arguments()) {
    const Argument::Facts& facts = argument.facts();
    const bool is_free =
        facts.unless.empty() || app.count(joined(facts.name)) > 0 || app.count(joined(facts.unless)) > 0;
    if (!is_free) throw Error(ErrorKind::usage, facts.name + " is required", facts.unless_hint);
    require_conditions(app, facts);
    if (facts.is_name) require_names(facts);
  }
  return std::nullopt;
}

}  // namespace fovea::cli

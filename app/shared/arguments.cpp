// Reading command lines with CLI11.
// SPDX-License-Identifier: Apache-2.0
#include "shared/arguments.h"

#include <algorithm>
#include <cctype>
#include <cstdio>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <fovea/error.h>
#include <fovea/threads.h>

#include "shared/device.h"
#include "shared/shipped.h"

namespace fovea::cli {
namespace {

constexpr int most_threads = 1024;

std::string help_hint(const CLI::App& parser) { return "`" + parser.get_name() + " --help` shows how"; }

/// Repeats an option's name before every further pair: `--set a=1 b=2` becomes `--set a=1 --set b=2`. A list option of
/// CLI11 would also swallow a MODEL that follows it.
std::vector<std::string> with_repeated_names(const CLI::App& parser, const std::vector<std::string>& arguments) {
  const auto takes_pairs = [&](const std::string& argument) {
    const CLI::Option* option = argument.starts_with("--") ? parser.get_option_no_throw(argument) : nullptr;
    return option != nullptr && option->get_option_text().find('=') != std::string::npos;
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

/// Finds the first argument that looks like an option and is none, and throws naming it.
void throw_unknown_option(const CLI::App& parser, const std::vector<std::string>& arguments) {
  std::vector<std::string> known;
  for (const CLI::Option* option : parser.get_options()) {
    for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
  }
  for (const std::string& argument : arguments) {
    if (argument == "--") return;
    const std::string name = argument.substr(0, argument.find('='));
    if (!name.starts_with("-") || name.size() < 2) continue;
    if (parser.get_option_no_throw(name) != nullptr || name == "-h") continue;
    std::string hint = did_you_mean(name, known);
    throw Error(ErrorKind::usage, parser.get_name() + " has no option '" + name + "'",
                hint.empty() ? help_hint(parser) : hint);
  }
}

/// Words CLI11's complaint as ours: lower-case unless it begins with a name.
[[noreturn]] void throw_as_ours(const CLI::App& parser, const CLI::ParseError& error) {
  std::string message = error.what();
  const bool begins_with_word = message.size() > 1 && std::islower(static_cast<unsigned char>(message[1])) != 0;
  if (begins_with_word) message[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(message[0])));
  throw Error(ErrorKind::usage, message, help_hint(parser));
}

/// A file, or the name of a shipped model where there is no such file.
std::filesystem::path model_path(const std::string& named) {
  const std::vector<std::string> shipped = shipped_models();
  const bool is_name = std::find(shipped.begin(), shipped.end(), named) != shipped.end();
  return is_name && !std::filesystem::exists(named) ? shipped_model(named) : std::filesystem::path(named);
}

/// What `fovea VERB --help` prints for a verb with parts.
void print_parts(const Verb& verb, const std::string& command) {
  fmt::print("{}\n\nUsage: {} PART ...\n\nParts:\n", verb.sentence, command);
  for (const Verb* part : verb.parts()) fmt::print("  {:<12}{}\n", part->name, part->sentence);
  if (!verb.examples.empty()) fmt::print("\n{}\n", verb.examples);
  fmt::print("\n`{} PART --help` explains a part.\n", command);
}

/// Performs the part that the first argument names.
int perform_part(const Verb& verb, const std::vector<std::string>& arguments, const std::string& group) {
  const std::string command = group + " " + std::string(verb.name);
  if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "-h") {
    print_parts(verb, command);
    return 0;
  }
  std::vector<std::string> known;
  for (const Verb* part : verb.parts()) {
    if (part->name == arguments[0]) return perform(*part, {arguments.begin() + 1, arguments.end()}, command);
    known.emplace_back(part->name);
  }
  const std::string near = did_you_mean(arguments[0], known);
  throw Error(ErrorKind::usage, command + " has no part '" + arguments[0] + "'",
              near.empty() ? "`" + command + " --help` lists them" : near);
}

}  // namespace

void add_common(CLI::App& parser, Common& common) {
  parser.add_option("--threads", common.threads, "Sets the number of threads; default: one per processor")
      ->option_text("N")
      ->check(CLI::Range(1, most_threads));
  parser.add_option("--seed", common.seed, "Sets the seed of everything random; default 0")->option_text("N");
  parser.add_option("--device", common.device, "Says where to compute: cpu (default) or cuda")
      ->option_text("cpu|cuda")
      ->check(CLI::IsMember({"cpu", "cuda"}));
  parser.add_flag("--json", common.json, "Prints the results as JSON");
}

void add_model(CLI::App& parser, ModelChoice& choice, bool required) {
  parser
      .add_option(
          "MODEL", choice.path,
          "The network: an ONNX file, whose card is MODEL's name with .json, or the name of a shipped one (world)")
      ->option_text(" ")
      ->required(required);
  parser
      .add_option("--preprocess", choice.options.preprocess,
                  "Says how a picture becomes the network's input, in place of the model's card")
      ->option_text("imagenet|caffe|tf|none");
  parser.add_option("--logits", choice.options.logits, "Names the value that holds the class scores; default: found")
      ->option_text("NAME");
}

void add_pairs(CLI::App& parser, const std::string& option, std::vector<std::string>& pairs, const std::string& type,
               const std::string& help) {
  parser.add_option(option, pairs, help)->option_text(type + " ...")->allow_extra_args(false);
}

std::pair<std::string, std::string> split_pair(std::string_view option, std::string_view text, bool at_last) {
  const std::size_t at = at_last ? text.rfind('=') : text.find('=');
  if (at == std::string_view::npos || at == 0) {
    throw Error(ErrorKind::usage, fmt::format("{} takes NAME=VALUE, found '{}'", option, text));
  }
  return {std::string(text.substr(0, at)), std::string(text.substr(at + 1))};
}

void apply(const Common& common) {
  require_device(common.device);
  if (common.threads > 0) set_threads(common.threads);
}

Model open_model(const ModelChoice& choice, const Common& common) {
  return on_device(load_model(model_path(choice.path), choice.options), common.device);
}

int perform(const Verb& verb, const std::vector<std::string>& arguments, const std::string& group) {
  if (verb.parts != nullptr) return perform_part(verb, arguments, group);
  CLI::App parser(std::string(verb.sentence), group + " " + std::string(verb.name));
  parser.footer(std::string(verb.examples));
  parser.get_formatter()->column_width(34);
  const Action action = verb.add(parser);
  std::vector<std::string> reversed = with_repeated_names(parser, arguments);
  std::reverse(reversed.begin(), reversed.end());  // as CLI11 takes them
  try {
    parser.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    fmt::print("{}", parser.help());
    return 0;
  } catch (const CLI::ParseError& error) {
    throw_unknown_option(parser, arguments);
    throw_as_ours(parser, error);
  }
  return action();
}

}  // namespace fovea::cli

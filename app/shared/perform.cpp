// Performing verbs and their parts.
// SPDX-License-Identifier: Apache-2.0
#include "shared/perform.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fmt/format.h>

#include <fovea/error.h>
#include <fovea/version.h>

#include "shared/completion.h"
#include "shared/failure.h"
#include "shared/parser.h"

namespace fovea::cli {
namespace {

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

void print_help() {
  fmt::print("Fovea {} shows what a convolutional network sees.\n\nUsage: fovea VERB ...\n\nVerbs:\n", version());
  for (const Verb* verb : all()) fmt::print("  {:<16}{}\n", verb->name, verb->sentence);
  fmt::print(
      "\nThree things to begin with:\n"
      "  fovea explain squeezenet.onnx cat.jpg\n"
      "      where the evidence for its best class lies\n"
      "  fovea classify squeezenet.onnx cat.jpg\n"
      "      what the network takes the picture for\n"
      "  fovea explain squeezenet.onnx cat.jpg --technique all --class tabby --out sheet.png\n"
      "      every technique on one sheet, asked about a class\n"
      "\n`fovea VERB --help` explains a verb, `fovea list` the techniques, `fovea --version` says the version.\n");
}

const Verb& find_verb(const std::string& name) {
  std::vector<std::string> known;
  for (const Verb* verb : all()) {
    if (verb->name == name) return *verb;
    known.emplace_back(verb->name);
  }
  const std::string what = name.starts_with("-") ? "option" : "verb";
  if (what == "option") known = {"--help", "--version"};
  const std::string near = did_you_mean(name, known);
  throw Error(ErrorKind::usage, "there is no " + what + " '" + name + "'",
              near.empty() ? "`fovea --help` lists them" : near);
}

int dispatch(const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "-h" || arguments[0] == "help") {
    if (arguments.size() > 1) return perform(find_verb(arguments[1]), {"--help"});
    print_help();
    return 0;
  }
  if (arguments[0] == "--version") {
    fmt::print("fovea {}\n", version());
    return 0;
  }
  if (arguments[0] == "--complete") {
    for (const std::string& word : completions({arguments.begin() + 1, arguments.end()})) fmt::print("{}\n", word);
    return 0;
  }
  return perform(find_verb(arguments[0]), {arguments.begin() + 1, arguments.end()});
}

}  // namespace

int perform(const Verb& verb, const std::vector<std::string>& arguments, const std::string& group) {
  if (verb.parts != nullptr) return perform_part(verb, arguments, group);
  Parser parser;
  const Action action = verb.add(parser);
  const Command command{group + " " + std::string(verb.name), std::string(verb.sentence), std::string(verb.examples)};
  if (const std::optional<std::string> help = read_arguments(parser, command, arguments)) {
    fmt::print("{}", *help);
    return 0;
  }
  return action();
}

int perform_all(const std::vector<std::string>& arguments) {
  try {
    const int status = dispatch(arguments);
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return status;
    throw Error(ErrorKind::file, fmt::format("cannot write the results: {}", std::strerror(errno)));
  } catch (const std::exception& failure) {
    return report(failure);
  }
}

}  // namespace fovea::cli

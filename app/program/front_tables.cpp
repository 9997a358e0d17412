// Writes what the front answers by itself: the verbs and their arguments as declarations, names of what `fovea list`
// knows, and the output of command lines that always print the same.
// SPDX-License-Identifier: Apache-2.0
#include "program/front_tables.h"

#include <unistd.h>

#include <cstdio>
#include <fstream>

#include <fmt/format.h>

#include <fovea/error.h>

#include "shared/entry.h"
#include "shared/parser.h"
#include "shared/perform.h"
#include "shared/verb.h"

namespace fovea::cli {
namespace {

// --- C++ literals ---

/// A string literal, in pieces of a line each.
std::string literal(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (c == '\n') {
      result += "\\n\"\n    \"";
      continue;
    }
    result += c;
  }
  return result + "\"";
}

std::string_view kind_name(ArgumentKind kind) {
  switch (kind) {
    case ArgumentKind::flag: return "ArgumentKind::flag";
    case ArgumentKind::text: return "ArgumentKind::text";
    case ArgumentKind::integer: return "ArgumentKind::integer";
    case ArgumentKind::natural: return "ArgumentKind::natural";
    case ArgumentKind::number: return "ArgumentKind::number";
    case ArgumentKind::texts: return "ArgumentKind::texts";
    case ArgumentKind::integers: return "ArgumentKind::integers";
  }
  return "";
}

// --- verbs ---

std::string calls_of(const Argument::Facts& facts) {
  std::string calls;
  if (!facts.text.empty()) calls += fmt::format(".text({})", literal(facts.text));
  if (facts.required) calls += ".required()";
  if (!facts.unless.empty()) {
    calls += fmt::format(".required_unless({}, {})", literal(facts.unless), literal(facts.unless_hint));
  }
  for (const Argument::Condition& one : facts.conditions) {
    calls += fmt::format(".{}({}, {}, {})", one.wanted ? "needs" : "excludes", literal(one.option), literal(one.word),
                         literal(one.hint));
  }
  if (!facts.old_name.empty()) calls += fmt::format(".was({})", literal(facts.old_name));
  if (const auto* whole = std::get_if<std::pair<std::int64_t, std::int64_t>>(&facts.bounds)) {
    calls += fmt::format(".range({}, {})", whole->first, whole->second);
  }
  if (const auto* any = std::get_if<std::pair<double, double>>(&facts.bounds)) {
    calls += fmt::format(".range_of_numbers({}, {})", any->first, any->second);
  }
  if (facts.positive) calls += ".positive()";
  if (!facts.among.empty()) {
    calls += ".among({";
    for (const std::string& word : facts.among) calls += literal(word) + ", ";
    calls += "})";
  }
  if (facts.is_suggested) calls += fmt::format(".{}({})", facts.is_name ? "names" : "suggests", literal(facts.group));
  if (facts.delimiter != '\0') calls += fmt::format(".split_at('{}')", facts.delimiter);
  if (facts.one_each) calls += ".one_each()";
  if (facts.pairs) calls += ".pairs()";
  return calls;
}

void write_verbs(std::string& out, const std::string& symbol, std::span<const Verb* const> verbs);

/// Writes a verb, and its parts before it.
void write_verb(std::string& out, const std::string& symbol, const Verb& verb) {
  const std::string heads = fmt::format("    .name = {},\n    .sentence = {},\n    .examples = {},\n",
                                        literal(verb.name), literal(verb.sentence), literal(verb.examples));
  if (verb.parts != nullptr) {
    write_verbs(out, symbol + "_part", verb.parts());
    out += fmt::format("std::span<const Verb* const> {0}_parts() {{ return {0}_part_table; }}\n", symbol);
    out += fmt::format("constexpr Verb {0}{{\n{1}    .parts = {0}_parts}};\n\n", symbol, heads);
    return;
  }
  Parser parser;
  verb.add(parser);
  out += fmt::format("Action add_{}(Parser& parser) {{\n", symbol);
  for (const Argument& argument : parser.arguments()) {
    out += fmt::format("  parser.add_checked({}, {}, {}){};\n", literal(argument.facts().name),
                       kind_name(kind_of(argument)), literal(argument.facts().help), calls_of(argument.facts()));
  }
  out += fmt::format("  return hand_on;\n}}\nconstexpr Verb {0}{{\n{1}    .add = add_{0}}};\n\n", symbol, heads);
}

void write_verbs(std::string& out, const std::string& symbol, std::span<const Verb* const> verbs) {
  std::string table;
  for (std::size_t i = 0; i < verbs.size(); ++i) {
    write_verb(out, fmt::format("{}{}", symbol, i), *verbs[i]);
    table += fmt::format("&{}{}, ", symbol, i);
  }
  out += fmt::format("constexpr const Verb* {}_table[] = {{{}}};\n\n", symbol, table);
}

// --- names and fixed answers ---

void write_names(std::string& out) {
  out += "constexpr GroupName group_names[] = {\n";
  for (const Entry& entry : all_entries())
    out += fmt::format("    {{{}, {}}},\n", literal(entry.group), literal(entry.name));
  out += "};\n\n";
}

/// Returns what a command line prints.
std::string printed(const Verb& verb, const std::vector<std::string>& words) {
  std::fflush(stdout);
  const int terminal = ::dup(STDOUT_FILENO);
  std::FILE* kept = std::tmpfile();
  if (terminal < 0 || kept == nullptr) throw Error(ErrorKind::resource, "cannot keep what is printed");
  ::dup2(::fileno(kept), STDOUT_FILENO);
  const int status = perform(verb, words);
  std::fflush(stdout);
  ::dup2(terminal, STDOUT_FILENO);
  ::close(terminal);
  std::string text;
  std::rewind(kept);
  for (int c = std::fgetc(kept); c != EOF; c = std::fgetc(kept)) text += static_cast<char>(c);
  std::fclose(kept);
  if (status != 0) throw Error(ErrorKind::internal, fmt::format("`fovea {}` fails", verb.name));
  return text;
}

void write_answers(std::string& out) {
  out += "constexpr FixedAnswer fixed_answers[] = {\n";
  for (const Verb* verb : all()) {
    if (verb->fixed == nullptr) continue;
    for (const std::vector<std::string>& words : verb->fixed()) {
      std::string line(verb->name);
      for (const std::string& word : words) line += "\n" + word;
      out += fmt::format("    {{{}, {}}},\n", literal(line), literal(printed(*verb, words)));
    }
  }
  out += "};\n\n";
}

std::string tables() {
  std::string out =
      "// Written by `fovea-program --front-tables` while the program is built.\n"
      "#include \"front/answers.h\"\n#include \"shared/parser.h\"\n#include \"shared/verb.h\"\n\n"
      "namespace fovea::cli {\nnamespace {\n\n";
  write_verbs(out, "verb", all());
  write_names(out);
  write_answers(out);
  out +=
      "}  // namespace\n\n"
      "std::span<const Verb* const> all() { return verb_table; }\n"
      "std::span<const GroupName> names_of_groups() { return group_names; }\n"
      "std::span<const FixedAnswer> all_fixed_answers() { return fixed_answers; }\n\n"
      "}  // namespace fovea::cli\n";
  return out;
}

/// Tells whether a file holds a text; such a file keeps its time, so that nothing is compiled anew.
bool holds(const std::string& path, const std::string& text) {
  std::ifstream file(path, std::ios::binary);
  return file && std::string(std::istreambuf_iterator<char>(file), {}) == text;
}

}  // namespace

int write_front_tables(const std::string& path) {
  const std::string text = tables();
  if (holds(path, text)) return 0;
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (file) return 0;
  std::fprintf(stderr, "error: cannot write %s\n", path.c_str());
  return 1;
}

}  // namespace fovea::cli

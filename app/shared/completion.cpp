// Completing command lines from the tables of verbs, arguments and names.
// SPDX-License-Identifier: Apache-2.0
#include "shared/completion.h"

#include <algorithm>
#include <string_view>

#include "shared/parser.h"
#include "shared/verb.h"

namespace fovea::cli {
namespace {

using Words = std::vector<std::string>;

Words beginning_with(const std::string& begun, const Words& candidates) {
  Words fitting;
  for (const std::string& candidate : candidates) {
    if (candidate.starts_with(begun)) fitting.push_back(candidate);
  }
  return fitting;
}

Words names_of(std::span<const Verb* const> verbs) {
  Words names;
  for (const Verb* verb : verbs) names.emplace_back(verb->name);
  return names;
}

const Verb* find(std::span<const Verb* const> verbs, const std::string& name) {
  const auto found = std::find_if(verbs.begin(), verbs.end(), [&](const Verb* verb) { return verb->name == name; });
  return found == verbs.end() ? nullptr : *found;
}

/// Reads words out of what help shows behind an option, "imagenet|caffe|tf|none"; nothing when it shows anything else.
Words shown_words(std::string_view text) {
  Words words(1);
  for (const char c : text) {
    const bool is_of_word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    if (!is_of_word && c != '|') return {};
    if (c == '|') words.emplace_back();
    if (is_of_word) words.back() += c;
  }
  return words.size() > 1 ? words : Words();
}

/// What an argument's value may become; names may stand behind others and a comma.
Words values_of(const Argument::Facts& facts, const std::string& begun) {
  if (!facts.among.empty()) return beginning_with(begun, facts.among);
  if (!facts.is_suggested) return beginning_with(begun, shown_words(facts.text));
  const std::size_t comma = begun.rfind(',');
  const std::string before = comma == std::string::npos ? "" : begun.substr(0, comma + 1);
  Words names = names_in(facts.group);
  if (facts.text.ends_with("|all") && before.empty()) names.emplace_back("all");
  Words values;
  for (const std::string& name : beginning_with(begun.substr(before.size()), names)) values.push_back(before + name);
  return values;
}

bool takes_value(const Argument* option) { return option != nullptr && kind_of(*option) != ArgumentKind::flag; }

/// Tells the argument that stands by itself at a place: the last one takes all that follow.
const Argument* standing_at(const Parser& parser, std::size_t place) {
  const Argument* last = nullptr;
  std::size_t at = 0;
  for (const Argument& argument : parser.arguments()) {
    if (argument.facts().name.find("--") != std::string::npos) continue;
    last = &argument;
    if (at++ == place) break;
  }
  return last;
}

Words completions_of(const Verb& verb, const Words& words) {
  Parser parser;
  verb.add(parser);
  const std::string& begun = words.back();
  const Argument* before = words.size() > 1 ? parser.find(words[words.size() - 2]) : nullptr;
  if (takes_value(before)) return values_of(before->facts(), begun);
  if (begun.starts_with("-")) {
    Words options = parser.option_names();
    options.emplace_back("--help");
    return beginning_with(begun, options);
  }
  std::size_t place = 0;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const bool is_value = i > 0 && takes_value(parser.find(words[i - 1]));
    if (!words[i].starts_with("-") && !is_value) ++place;
  }
  const Argument* standing = standing_at(parser, place);
  const bool is_first_of_many = standing != nullptr && (kind_of(*standing) != ArgumentKind::texts || place == 0);
  return is_first_of_many ? values_of(standing->facts(), begun) : Words();
}

}  // namespace

std::vector<std::string> completions(const std::vector<std::string>& words) {
  if (words.empty()) return names_of(all());
  if (words.size() == 1) {
    Words first = names_of(all());
    if (words[0].starts_with("-")) first = {"--help", "--version"};
    return beginning_with(words[0], first);
  }
  const Verb* verb = find(all(), words[0]);
  if (verb == nullptr) return {};
  if (verb->parts == nullptr) return completions_of(*verb, {words.begin() + 1, words.end()});
  if (words.size() == 2) return beginning_with(words[1], names_of(verb->parts()));
  const Verb* part = find(verb->parts(), words[1]);
  return part == nullptr ? Words() : completions_of(*part, {words.begin() + 2, words.end()});
}

}  // namespace fovea::cli

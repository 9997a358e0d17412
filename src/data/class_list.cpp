// The classes of a data set as its classes.txt orders them: lines "label wnid name", "label name", "wnid name", "name".
// SPDX-License-Identifier: Apache-2.0
#include "data/class_list.h"

#include <algorithm>
#include <cctype>
#include <optional>

#include <fovea/error.h>

#include "data/text.h"

namespace fovea {
namespace {

/// One line.
struct Class {
  std::optional<std::int64_t> label;
  std::string wnid;
  std::string name;
};

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

/// A WordNet id ("n01440764") or another word that is an identifier and no part of a name.
bool is_wnid(std::string_view word) { return std::any_of(word.begin(), word.end(), is_digit); }

Class parse_line(std::string_view line) {
  Class result;
  std::string_view rest = line;
  std::string_view word = take_word(rest);
  // A lone word is a name, "7" as well: some sets call their folders by digits.
  if (const auto label = number_in<std::int64_t>(word); label && !rest.empty()) {
    result.label = label;
    line = rest;
    word = take_word(rest);
  }
  const bool identified = !rest.empty() && is_wnid(word);
  result.wnid = identified ? word : "";
  result.name = identified ? rest : trimmed(line);
  return result;
}

std::string with_underscores(std::string text) {
  std::replace(text.begin(), text.end(), ' ', '_');
  return text;
}

void add_folder(ClassList& list, const std::string& folder, std::int64_t label) {
  const auto [place, added] = list.by_folder.emplace(folder, label);
  if (!added && place->second != label) place->second = ClassList::ambiguous;
}

void add_folders(ClassList& list, const Class& one, std::int64_t label) {
  add_folder(list, one.name, label);
  add_folder(list, with_underscores(one.name), label);
  if (one.wnid.empty()) return;
  add_folder(list, one.wnid, label);
  add_folder(list, one.wnid + " " + one.name, label);
  add_folder(list, with_underscores(one.wnid + "_" + one.name), label);
}

/// Puts the classes at their labels: 0 to n-1, each once.
std::vector<Class> ordered(const std::vector<Class>& lines, const std::string& shown) {
  const auto count = static_cast<std::int64_t>(lines.size());
  std::vector<Class> result(lines.size());
  std::vector<bool> taken(lines.size(), false);
  for (const Class& one : lines) {
    if (one.label.has_value() != lines.front().label.has_value()) {
      throw Error(ErrorKind::format, shown + " gives some classes a label and some, as '" + one.name + "', none");
    }
    const std::int64_t label = one.label.value_or(&one - lines.data());
    if (label < 0 || label >= count || taken[static_cast<std::size_t>(label)]) {
      throw Error(ErrorKind::format, shown + " gives '" + one.name + "' the label " + std::to_string(label) +
                                         "; expected 0.." + std::to_string(count - 1) + ", each once");
    }
    taken[static_cast<std::size_t>(label)] = true;
    result[static_cast<std::size_t>(label)] = one;
  }
  return result;
}

}  // namespace

ClassList parse_classes(std::string_view text, const std::string& shown) {
  std::vector<Class> lines;
  for (const std::string_view line : lines_of(text)) {
    if (!trimmed(line).empty()) lines.push_back(parse_line(trimmed(line)));
  }
  if (lines.empty()) throw Error(ErrorKind::format, shown + " names no class", "write one class per line");
  ClassList list;
  for (const Class& one : ordered(lines, shown)) {
    add_folders(list, one, static_cast<std::int64_t>(list.names.size()));
    list.names.push_back(one.name);
  }
  return list;
}

}  // namespace fovea

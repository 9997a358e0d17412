// Classes by number and by label: "281", "tabby", "tabby, tabby cat".
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include <fovea/error.h>
#include <fovea/model.h>

#include "core/lower_case.h"

namespace fovea {
namespace {

std::string normalised(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.remove_suffix(1);
  return lower_case(text);
}

/// Splits "tabby, tabby cat" at its commas.
std::vector<std::string> synonyms(std::string_view label) {
  std::vector<std::string> names;
  for (std::size_t start = 0; start <= label.size();) {
    const std::size_t end = std::min(label.find(',', start), label.size());
    names.push_back(normalised(label.substr(start, end - start)));
    start = end + 1;
  }
  return names;
}

[[noreturn]] void no_such_class(std::string_view text, std::int64_t classes) {
  throw Error(ErrorKind::usage, "there is no class " + std::string(text),
              "classes are numbered 0.." + std::to_string(classes - 1));
}

/// Reads "281", "-1" or "class 281"; nothing when the text is no number.
std::optional<std::int64_t> class_number(std::string text) {
  constexpr std::string_view prefix = "class ";
  if (text.rfind(prefix, 0) == 0) text = text.substr(prefix.size());
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end != text.data() + text.size() || error == std::errc::invalid_argument) return std::nullopt;
  return error == std::errc{} ? number : -1;  // more digits than a number holds: none of ours
}

std::string numbers_shown(const std::vector<std::int64_t>& numbers) {
  std::string text;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == numbers.size() ? " and " : ", ") + std::to_string(numbers[i]);
  }
  return text;
}

}  // namespace

std::string label_of(const Card& card, std::int64_t index) {
  const bool known = index >= 0 && index < static_cast<std::int64_t>(card.labels.size());
  return known ? card.labels[static_cast<std::size_t>(index)] : "class " + std::to_string(index);
}

std::int64_t find_class(const Card& card, std::string_view text, std::int64_t classes) {
  const std::string wanted = normalised(text);
  if (const auto number = class_number(wanted)) {
    if (*number < 0 || *number >= classes) no_such_class(text, classes);
    return *number;
  }
  if (card.labels.empty()) {
    throw Error(ErrorKind::usage, "there is no class '" + std::string(text) + "': the model has no labels",
                "give a number in 0.." + std::to_string(classes - 1));
  }
  const auto labelled = std::min(classes, static_cast<std::int64_t>(card.labels.size()));
  std::vector<std::int64_t> whole;  // classes of this very label
  std::vector<std::int64_t> part;   // classes with it among their synonyms
  std::vector<std::string> names;
  for (std::int64_t i = 0; i < labelled; ++i) {
    const std::string& label = card.labels[static_cast<std::size_t>(i)];
    if (normalised(label) == wanted) whole.push_back(i);
    const std::vector<std::string> parts = synonyms(label);
    if (std::find(parts.begin(), parts.end(), wanted) != parts.end()) part.push_back(i);
    names.insert(names.end(), parts.begin(), parts.end());
  }
  const std::vector<std::int64_t>& found = whole.empty() ? part : whole;
  if (found.size() == 1) return found.front();
  if (found.size() > 1) {
    throw Error(ErrorKind::usage, "'" + std::string(text) + "' is the label of classes " + numbers_shown(found),
                "give the number");
  }
  const std::string near = did_you_mean(wanted, names);
  throw Error(ErrorKind::usage, "there is no class '" + std::string(text) + "'",
              near.empty() ? "give a number in 0.." + std::to_string(classes - 1) + " or a label" : near);
}

}  // namespace fovea

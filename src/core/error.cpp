// Errors, and the nearest names that their hints offer: Levenshtein's edit distance (1966), ignoring case.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/error.h>

#include <algorithm>
#include <cctype>
#include <numeric>

namespace fovea {
namespace {

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row.back();
}

bool contains_ignoring_case(std::string_view text, std::string_view part) {
  return std::search(text.begin(), text.end(), part.begin(), part.end(),
                     [](char a, char b) { return lower(a) == lower(b); }) != text.end();
}

}  // namespace

std::string_view name(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage: return "usage";
    case ErrorKind::file: return "file";
    case ErrorKind::format: return "format";
    case ErrorKind::unsupported: return "unsupported";
    case ErrorKind::shape: return "shape";
    case ErrorKind::resource: return "resource";
    case ErrorKind::internal: return "internal";
    case ErrorKind::stopped: return "stopped";
  }
  return "internal";
}

Error::Error(ErrorKind kind, std::string message, std::string hint)
    : kind_(kind), message_(std::move(message)), hint_(std::move(hint)) {}

std::vector<std::string> nearest(std::string_view name, std::span<const std::string> candidates, std::size_t most) {
  constexpr std::size_t longest_compared = 200;  // names in hostile files may be of any length
  struct Scored {
    std::size_t distance;
    const std::string* candidate;
  };
  std::vector<Scored> scored;
  const std::string_view wanted = name.substr(0, longest_compared);
  for (const std::string& candidate : candidates) {
    if (candidate.size() > longest_compared) continue;
    std::size_t distance = edit_distance(wanted, candidate);
    const std::size_t allowed = std::max<std::size_t>(2, std::max(wanted.size(), candidate.size()) / 3);
    // A part of the name ("conv5" of "features/conv5/Conv") is as good a clue as a slip of the finger.
    if (wanted.size() >= 3 && contains_ignoring_case(candidate, wanted)) distance = std::min<std::size_t>(distance, 1);
    if (distance <= allowed) scored.push_back({distance, &candidate});
  }
  std::stable_sort(scored.begin(), scored.end(),
                   [](const Scored& a, const Scored& b) { return a.distance < b.distance; });
  std::vector<std::string> names;
  for (const Scored& s : scored) {
    if (names.size() == most) break;
    if (std::find(names.begin(), names.end(), *s.candidate) == names.end()) names.push_back(*s.candidate);
  }
  return names;
}

std::string did_you_mean(std::string_view name, std::span<const std::string> candidates) {
  const std::vector<std::string> names = nearest(name, candidates);
  if (names.empty()) return {};
  std::string text = "did you mean ";
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
    text += "'" + names[i] + "'";
  }
  return text + "?";
}

}  // namespace fovea

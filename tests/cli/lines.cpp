// Rewriting is the cheapest alignment of the old with the new (dynamic programming over both), of lines and, within
// lines that changed, of words.
// SPDX-License-Identifier: Apache-2.0
#include "lines.h"

#include <algorithm>
#include <functional>

namespace fovea::transcripts {
namespace {

constexpr std::string_view any_text = "[..]";
constexpr std::string_view any_lines = "...";

/// How a list becomes another: the new items, some of which are worded as old ones.
struct Alignment {
  std::string_view any;                                              ///< the old item that stands for any number
  std::function<bool(const std::string&, const std::string&)> same;  ///< the old one's words do
  std::function<std::string(const std::string&, const std::string&)> rewritten;  ///< of two that stand for each other

  Lines of(const Lines& before, const Lines& after) const;
};

// What is hidden by `any` costs nothing, but one in another's place costs less than the other hidden or left out.
constexpr int one_more_or_less = 2;
constexpr int replaced = 1;

Lines Alignment::of(const Lines& before, const Lines& after) const {
  const std::size_t rows = before.size() + 1;
  const std::size_t columns = after.size() + 1;
  std::vector<int> costs(rows * columns);
  const auto cost = [&](std::size_t b, std::size_t a) -> int& { return costs[b * columns + a]; };
  const auto hides = [&](std::size_t b) { return b > 0 && before[b - 1] == any; };
  const auto step = [&](std::size_t b, std::size_t a) { return same(before[b - 1], after[a - 1]) ? 0 : replaced; };
  for (std::size_t b = 0; b < rows; ++b) {
    for (std::size_t a = 0; a < columns; ++a) {
      if (a == 0 && b == 0) continue;
      int least = 1 << 30;
      if (b > 0) least = std::min(least, cost(b - 1, a) + (hides(b) ? 0 : one_more_or_less));
      if (a > 0) least = std::min(least, cost(b, a - 1) + (hides(b) ? 0 : one_more_or_less));
      if (a > 0 && b > 0 && !hides(b)) least = std::min(least, cost(b - 1, a - 1) + step(b, a));
      cost(b, a) = least;
    }
  }
  Lines backwards;
  for (std::size_t b = before.size(), a = after.size(); a > 0 || b > 0;) {
    if (a > 0 && b > 0 && !hides(b) && cost(b, a) == cost(b - 1, a - 1) + step(b, a)) {
      --b, --a;
      backwards.push_back(same(before[b], after[a]) ? before[b] : rewritten(before[b], after[a]));
    } else if (a > 0 && cost(b, a) == cost(b, a - 1) + (hides(b) ? 0 : one_more_or_less)) {
      --a;
      if (!hides(b)) backwards.push_back(after[a]);
    } else {
      if (hides(b)) backwards.emplace_back(any);
      --b;
    }
  }
  return {backwards.rbegin(), backwards.rend()};
}

/// Splits a line into words and the blanks between them.
Lines words_of(std::string_view line) {
  Lines words;
  while (!line.empty()) {
    const bool blank = line.front() == ' ';
    const std::size_t end = blank ? line.find_first_not_of(' ') : line.find(' ');
    words.emplace_back(line.substr(0, end));
    line.remove_prefix(words.back().size());
  }
  return words;
}

std::string rewritten_line(const std::string& before, const std::string& after) {
  if (before.find(any_text) == std::string::npos) return after;
  const Alignment words{
      .any = any_text, .same = line_matches, .rewritten = [](const auto&, const auto& word) { return word; }};
  std::string line;
  for (const std::string& word : words.of(words_of(before), words_of(after))) line += word;
  return line;
}

bool matches_from(const Lines& expected, std::size_t e, const Lines& printed, std::size_t p) {
  if (e == expected.size()) return p == printed.size();
  if (expected[e] == any_lines) {
    for (std::size_t next = p; next <= printed.size(); ++next) {
      if (matches_from(expected, e + 1, printed, next)) return true;
    }
    return false;
  }
  return p < printed.size() && line_matches(expected[e], printed[p]) && matches_from(expected, e + 1, printed, p + 1);
}

}  // namespace

bool line_matches(std::string_view expected, std::string_view printed) {
  const std::size_t gap = expected.find(any_text);
  if (gap == std::string_view::npos) return expected == printed;
  if (!printed.starts_with(expected.substr(0, gap))) return false;
  const std::string_view rest = expected.substr(gap + any_text.size());
  for (std::size_t at = gap; at <= printed.size(); ++at) {
    if (line_matches(rest, printed.substr(at))) return true;
  }
  return false;
}

bool matches(const Lines& expected, const Lines& printed) { return matches_from(expected, 0, printed, 0); }

Lines rewritten(const Lines& expected, const Lines& printed) {
  if (matches(expected, printed)) return expected;
  return Alignment{.any = any_lines, .same = line_matches, .rewritten = rewritten_line}.of(expected, printed);
}

}  // namespace fovea::transcripts

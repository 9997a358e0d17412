// Labels in cards: one per class, in the card itself or in a file beside it, one per line.
// SPDX-License-Identifier: Apache-2.0
#include "load/card_labels.h"

#include <algorithm>
#include <string_view>

#include <fovea/error.h>

#include "core/atomic_file.h"

namespace fovea::cards {
namespace {

/// Tells whether a line begins with a WordNet id as ImageNet's lists do: "n01440764 tench".
bool begins_with_wordnet_id(const std::string& line) {
  constexpr std::size_t digits = 8;
  if (line.size() < digits + 3 || line[0] != 'n' || line[digits + 1] != ' ') return false;
  return std::all_of(line.begin() + 1, line.begin() + 1 + digits, [](char c) { return c >= '0' && c <= '9'; });
}

std::vector<std::string> split_lines(std::string_view text) {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (text.substr(0, byte_order_mark.size()) == byte_order_mark) text.remove_prefix(byte_order_mark.size());
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string line(text.substr(0, end));
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t')) line.pop_back();
    lines.push_back(std::move(line));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

std::vector<std::string> read_labels(const std::filesystem::path& path) {
  const std::vector<std::byte> bytes = read_whole(path, most_file_bytes);
  std::vector<std::string> lines = split_lines({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  if (lines.empty()) throw Error(ErrorKind::format, path.string() + " has no labels", "write one per line");
  if (std::all_of(lines.begin(), lines.end(), begins_with_wordnet_id)) {
    for (std::string& line : lines) line.erase(0, line.find(' ') + 1);
  }
  return lines;
}

}  // namespace

void read_labels_of(const Json& value, const Source& source, Card& card) {
  if (value.is_null()) return;
  if (value.is_array()) {
    for (const Json& label : value) {
      const std::string field = "labels[" + std::to_string(card.labels.size()) + "]";
      if (!label.is_string()) bad_field(source, field, "should be a text, but is " + shown(label));
      card.labels.push_back(label.get<std::string>());
    }
    card.labels_source = source.path;
    return;
  }
  if (!value.is_string()) {
    bad_field(source, "labels", "should be a file's name, a list or null, but is " + shown(value));
  }
  const std::filesystem::path file = value.get<std::string>();
  // A card from elsewhere must not make us read any file of its choosing.
  const bool outside = file.is_absolute() || file.empty() || source.folder.empty() ||
                       std::find(file.begin(), file.end(), "..") != file.end();
  if (outside) bad_field(source, "labels", "is " + shown(value) + "; it must name a file beside the card");
  const std::filesystem::path path = source.folder / file;
  card.labels = read_labels(path);
  card.labels_source = path.string();
}

}  // namespace fovea::cards

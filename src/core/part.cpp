// Parts as text: names with settings in parentheses; and the random numbers of a step.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/part.h>

#include <cctype>

#include <fovea/error.h>

#include "core/random.h"

namespace fovea {
namespace {

/// A cursor over the text of a list of parts.
struct Reader {
  std::string_view text;
  std::size_t at = 0;

  bool done() const { return at >= text.size(); }
  char peek() const { return done() ? '\0' : text[at]; }
  void skip(std::string_view these) {
    while (!done() && these.find(peek()) != std::string_view::npos) ++at;
  }
  [[noreturn]] void fail(const std::string& expected) const {
    throw Error(ErrorKind::usage,
                "cannot read the parts '" + std::string(text) + "': expected " + expected + " at place " +
                    std::to_string(at + 1) +
                    (done() ? ", found the end" : ", found '" + std::string(text.substr(at)) + "'"),
                "parts are written like pad(12) jitter(8) scale(low=0.9, high=1.1)");
  }
};

constexpr std::string_view blanks = " \t\n";

std::string read_name(Reader& reader) {
  const std::size_t begin = reader.at;
  while (std::isalnum(static_cast<unsigned char>(reader.peek())) != 0 || reader.peek() == '_') ++reader.at;
  if (reader.at == begin) reader.fail("a name");
  return std::string(reader.text.substr(begin, reader.at - begin));
}

std::string read_value(Reader& reader) {
  const std::size_t begin = reader.at;
  while (!reader.done() && reader.peek() != ',' && reader.peek() != ')' && reader.peek() != '=') ++reader.at;
  std::size_t end = reader.at;
  while (end > begin && blanks.find(reader.text[end - 1]) != std::string_view::npos) --end;
  return std::string(reader.text.substr(begin, end - begin));
}

void read_settings(Reader& reader, PartText& part) {
  ++reader.at;  // the opening parenthesis
  reader.skip(blanks);
  while (reader.peek() != ')') {
    const std::string first = read_value(reader);
    if (first.empty()) reader.fail("a value");
    if (reader.peek() == '=') {
      ++reader.at;
      reader.skip(blanks);
      part.named[first] = read_value(reader);
    } else if (!part.named.empty()) {
      reader.fail("name=value after the first named setting");
    } else {
      part.positional.push_back(first);
    }
    if (reader.peek() == ',') {
      ++reader.at;
      reader.skip(blanks);
    } else if (reader.peek() != ')') {
      reader.fail("',' or ')'");
    }
  }
  ++reader.at;
}

}  // namespace

std::vector<PartText> parse_parts(std::string_view text) {
  Reader reader{text};
  std::vector<PartText> parts;
  reader.skip(" \t\n+;");
  while (!reader.done()) {
    PartText part;
    part.name = read_name(reader);
    if (reader.peek() == '(') read_settings(reader, part);
    parts.push_back(std::move(part));
    const std::size_t end = reader.at;
    reader.skip(" \t\n+;");
    if (!reader.done() && reader.at == end) reader.fail("a blank between two parts");
  }
  return parts;
}

Options options_of(const PartText& part, std::span<const Option> described) {
  const std::string owner = "'" + part.name + "'";
  if (part.positional.size() > described.size()) {
    throw Error(ErrorKind::usage, owner + " takes " + std::to_string(described.size()) + " values, found " +
                                      std::to_string(part.positional.size()));
  }
  Settings settings = part.named;
  for (std::size_t i = 0; i < part.positional.size(); ++i) {
    const std::string name(described[i].name);
    if (!settings.emplace(name, part.positional[i]).second) {
      throw Error(ErrorKind::usage, owner + " has its option '" + name + "' set twice");
    }
  }
  return {owner, described, {}, {}, settings};
}

namespace {

std::vector<double> numbers(const Tensor& tensor) {
  const auto* values = tensor.data_ptr<float>();
  return {values, values + tensor.numel()};
}

}  // namespace

std::vector<double> Draws::uniform(std::int64_t count) const { return numbers(fovea::uniform({count}, seed, stream)); }
std::vector<double> Draws::normal(std::int64_t count) const { return numbers(fovea::normal({count}, seed, stream)); }

}  // namespace fovea

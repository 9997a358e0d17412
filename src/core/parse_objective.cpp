// Reads objectives from text, by recursive descent:
//
//     sum     = product { ("+" | "-") product }
//     product = factor { "*" factor }
//     factor  = number | "-" factor | "(" sum ")" | NAME "(" [ argument { "," argument } ] ")"
//
// SPDX-License-Identifier: Apache-2.0
#include <cctype>
#include <charconv>
#include <optional>

#include <fovea/error.h>
#include <fovea/objective.h>

namespace fovea {
namespace {

constexpr int deepest_nesting = 100;  // hostile input must not exhaust the stack

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Objective parse() {
    Objective objective = sum();
    skip_space();
    if (place_ < text_.size()) fail("the end, '+', '-' or '*'");
    return objective;
  }

 private:
  [[noreturn]] void fail(std::string_view expected) const {
    const std::string found = place_ < text_.size() ? "'" + std::string(text_.substr(place_, 12)) + "'" : "the end";
    throw Error(ErrorKind::usage,
                "objective '" + std::string(text_) + "', column " + std::to_string(place_ + 1) + ": expected " +
                    std::string(expected) + ", found " + found,
                "for example: logit(281) - logit(285), or channel(conv5,17); quote names with other characters than "
                "letters, digits and _ . / :");
  }

  void skip_space() {
    while (place_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[place_])) != 0) ++place_;
  }

  bool take(char c) {
    skip_space();
    if (place_ >= text_.size() || text_[place_] != c) return false;
    ++place_;
    return true;
  }

  void must_take(char c) {
    if (!take(c)) fail("'" + std::string(1, c) + "'");
  }

  static bool is_name_character(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '/' || c == ':';
  }

  std::string word() {
    skip_space();
    const std::size_t begin = place_;
    while (place_ < text_.size() && is_name_character(text_[place_])) ++place_;
    return std::string(text_.substr(begin, place_ - begin));
  }

  std::string quoted() {
    std::string result;
    while (place_ < text_.size() && text_[place_] != '"') {
      if (text_[place_] == '\\' && place_ + 1 < text_.size()) ++place_;
      result += text_[place_++];
    }
    if (place_ >= text_.size()) fail("a closing '\"'");
    ++place_;
    return result;
  }

  std::string argument() {
    if (take('"')) return quoted();
    const bool negative = take('-');
    std::string result = word();
    if (result.empty()) fail("an argument");
    return negative ? "-" + result : result;
  }

  static std::optional<double> number(const std::string& word) {
    double value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc{} || end != word.data() + word.size()) return std::nullopt;
    return value;
  }

  Objective term(const std::string& name, std::size_t begin) {
    std::vector<std::string> arguments;
    if (!take(')')) {
      do arguments.push_back(argument());
      while (take(','));
      must_take(')');
    }
    std::vector<std::string> known;
    for (const ObjectiveKind* kind : all_objectives()) {
      if (kind->name == name) return {*kind, std::move(arguments)};
      known.emplace_back(kind->name);
    }
    std::string hint = did_you_mean(name, known);
    if (hint.empty()) {
      for (const std::string& kind : known) hint += (hint.empty() ? "there are: " : ", ") + kind;
    }
    throw Error(ErrorKind::usage,
                "objective '" + std::string(text_) + "', column " + std::to_string(begin + 1) +
                    ": there is no objective '" + name + "'",
                hint);
  }

  Objective factor() {
    if (++depth_ > deepest_nesting) fail("less nesting");
    skip_space();
    const std::size_t begin = place_;
    if (take('-')) return leave(-factor());
    if (take('(')) {
      Objective inner = sum();
      must_take(')');
      return leave(inner);
    }
    const std::string name = word();
    if (name.empty()) fail("a number, a term such as logit(3), '-' or '('");
    if (take('(')) return leave(term(name, begin));
    if (const auto value = number(name)) return leave(Objective(*value));
    place_ = begin;
    fail("a number or a term such as logit(3)");
  }

  Objective leave(Objective objective) {
    --depth_;
    return objective;
  }

  Objective product() {
    Objective result = factor();
    while (take('*')) result = result * factor();
    return result;
  }

  Objective sum() {
    Objective result = product();
    while (true) {
      if (take('+'))
        result = result + product();
      else if (take('-'))
        result = result - product();
      else
        return result;
    }
  }

  std::string_view text_;
  std::size_t place_ = 0;
  int depth_ = 0;
};

}  // namespace

Objective parse_objective(std::string_view text) { return Parser(text).parse(); }

}  // namespace fovea

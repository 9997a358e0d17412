// Options: texts checked once against their descriptions.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/options.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include <fovea/error.h>

namespace fovea {
namespace {

template <typename Number>
std::optional<Number> parse(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

/// The bounds of "low..high"; either may be left out.
struct Bounds {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
};

Bounds bounds_of(std::string_view range) {
  Bounds bounds;
  const std::size_t dots = range.find("..");
  if (dots == std::string_view::npos) return bounds;
  if (const auto low = parse<double>(range.substr(0, dots))) bounds.low = *low;
  if (const auto high = parse<double>(range.substr(dots + 2))) bounds.high = *high;
  return bounds;
}

std::string expected(const Option& option) {
  switch (option.type) {
    case OptionType::integer:
      return "a whole number" + (option.range.empty() ? "" : " in " + std::string(option.range));
    case OptionType::number: return "a number" + (option.range.empty() ? "" : " in " + std::string(option.range));
    case OptionType::boolean: return "true or false";
    case OptionType::choice: return "one of " + std::string(option.range);
    case OptionType::text: return "a text";
  }
  return {};
}

bool within(double value, std::string_view range) {
  const Bounds bounds = bounds_of(range);
  return std::isfinite(value) && value >= bounds.low && value <= bounds.high;
}

bool fits(const Option& option, const std::string& value) {
  switch (option.type) {
    case OptionType::integer: {
      const auto number = parse<std::int64_t>(value);
      return number && within(static_cast<double>(*number), option.range);
    }
    case OptionType::number: {
      const auto number = parse<double>(value);
      return number && within(*number, option.range);
    }
    case OptionType::boolean: return value == "true" || value == "false";
    case OptionType::choice:
      for (const std::string& choice : split(option.range, '|')) {
        if (choice == value) return true;
      }
      return false;
    case OptionType::text: return true;
  }
  return false;
}

const Option* find(std::span<const Option> described, std::string_view name) {
  for (const Option& option : described) {
    if (option.name == name) return &option;
  }
  return nullptr;
}

[[noreturn]] void unknown(std::string_view owner, std::string_view what, std::string_view name,
                          const std::vector<std::string>& known) {
  std::string hint = did_you_mean(name, known);
  if (hint.empty()) {
    hint = known.empty() ? "it has none" : "it has: ";
    for (std::size_t i = 0; i < known.size(); ++i) hint += (i > 0 ? ", " : "") + known[i];
  }
  throw Error(ErrorKind::usage, std::string(owner) + " has no " + std::string(what) + " '" + std::string(name) + "'",
              hint);
}

/// Throws where an option has another name today.
void refuse_old_name(std::string_view owner, std::span<const Option> described, std::string_view name) {
  for (const Option& option : described) {
    if (option.old_name != name) continue;
    throw Error(ErrorKind::usage,
                "option '" + std::string(name) + "' of " + std::string(owner) + " is called '" +
                    std::string(option.name) + "' now",
                "write " + std::string(option.name) + "=...");
  }
}

}  // namespace

Options::Options(std::string_view owner, std::span<const Option> described, std::span<const Preset> presets,
                 std::string_view preset, const Settings& settings) {
  for (const Option& option : described) values_[std::string(option.name)] = option.fallback;
  if (!preset.empty()) {
    const Preset* found = nullptr;
    std::vector<std::string> known;
    for (const Preset& candidate : presets) {
      known.emplace_back(candidate.name);
      if (candidate.name == preset) found = &candidate;
    }
    if (found == nullptr) unknown(owner, "preset", preset, known);
    for (const Setting& setting : found->settings) set_[std::string(setting.name)] = setting.value;
  }
  asked_ = settings;
  for (const auto& [name, value] : settings) set_[name] = value;
  for (const auto& [name, value] : set_) {
    const Option* option = find(described, name);
    if (option == nullptr) {
      refuse_old_name(owner, described, name);
      std::vector<std::string> known;
      for (const Option& candidate : described) known.emplace_back(candidate.name);
      unknown(owner, "option", name, known);
    }
    if (!fits(*option, value)) {
      throw Error(ErrorKind::usage,
                  "option '" + name + "' of " + std::string(owner) + " should be " + expected(*option) + ", found '" +
                      value + "'",
                  std::string(option->help));
    }
    values_[name] = value;
  }
}

const std::string& Options::text(std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) throw Error(ErrorKind::internal, "option '" + std::string(name) + "' is not described");
  return found->second;
}

std::int64_t Options::integer(std::string_view name) const { return parse<std::int64_t>(text(name)).value_or(0); }
double Options::number(std::string_view name) const { return parse<double>(text(name)).value_or(0); }
bool Options::flag(std::string_view name) const { return text(name) == "true"; }

}  // namespace fovea

// Options of techniques, recipes and verbs: described once as constant data; help, forms, docs and checks come from it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fovea/api.h>

namespace FOVEA_API fovea {

/// What an option's text must be.
enum class OptionType {
  integer,  ///< a whole number in `range` "low..high"
  number,   ///< a real number in `range` "low..high"
  boolean,  ///< true or false
  choice,   ///< one of `range` "a|b|c"
  text,     ///< anything, such as the name of a value
};

/// Describes one option.
struct Option {
  std::string_view name;
  OptionType type = OptionType::text;
  std::string_view fallback;       ///< the default, as text
  std::string_view range = {};     ///< "low..high" or "a|b|c"; empty: any
  std::string_view help;           ///< one sentence, third person
  std::string_view old_name = {};  ///< what it was called once: whoever writes that is told the name of today
};

/// One option's setting in a preset.
struct Setting {
  std::string_view name;
  std::string_view value;
};

/// A named set of settings, such as another tool's defaults.
struct Preset {
  std::string_view name;
  std::string_view help;
  std::span<const Setting> settings;
};

/// The names that a user set, as text.
using Settings = std::map<std::string, std::string, std::less<>>;

/// The value of every described option: the default, overridden by the preset, overridden by the user.
class Options {
 public:
  Options() = default;
  /// Checks every setting; throws `Error(usage)` naming `owner` for an unknown option, preset or a value out of range.
  Options(std::string_view owner, std::span<const Option> described, std::span<const Preset> presets = {},
          std::string_view preset = {}, const Settings& settings = {});

  std::int64_t integer(std::string_view name) const;
  double number(std::string_view name) const;
  bool flag(std::string_view name) const;
  const std::string& text(std::string_view name) const;
  /// Tells whether the option is described at all.
  bool has(std::string_view name) const { return values_.contains(name); }
  /// Tells whether the user or the preset set it.
  bool is_set(std::string_view name) const { return set_.contains(name); }
  /// Tells whether the user set it, and no preset did it for them.
  bool is_asked(std::string_view name) const { return asked_.contains(name); }
  /// Returns every option's effective value, by name.
  const Settings& all() const { return values_; }

 private:
  Settings values_;
  Settings set_;
  Settings asked_;
};

}  // namespace fovea

// Reference pages out of descriptors.
// SPDX-License-Identifier: Apache-2.0
#include "shared/entry.h"

#include <fmt/format.h>

#include <fovea/canvas.h>
#include <fovea/make.h>
#include <fovea/measure.h>
#include <fovea/objective.h>
#include <fovea/op.h>
#include <fovea/optimiser.h>
#include <fovea/prior.h>
#include <fovea/technique.h>
#include <fovea/transform.h>
#include <fovea/walk.h>

#include "shared/parser.h"
#include "shared/text.h"

namespace fovea::cli {
namespace {

std::string shown_default(const Option& option) {
  return option.fallback.empty() ? std::string("(none)") : std::string(option.fallback);
}

std::string settings_text(const Preset& preset) {
  std::vector<std::string> settings;
  for (const Setting& setting : preset.settings) settings.push_back(fmt::format("{}={}", setting.name, setting.value));
  return joined(settings, " ");
}

std::string signature(const Entry& entry) {
  return entry.arguments.empty() ? std::string(entry.name) : fmt::format("{}({})", entry.name, entry.arguments);
}

std::string_view better_text(Better better) {
  switch (better) {
    case Better::larger: return "larger is better";
    case Better::smaller: return "smaller is better";
    case Better::neither: return "neither end is better";
  }
  return "";
}

/// A vertical bar would end a cell of a Markdown table.
std::string cell(std::string_view text) {
  std::string result;
  for (const char c : text) result += c == '|' ? std::string("\\|") : std::string(1, c);
  return result;
}

template <typename Kind>
void add_parts(std::vector<Entry>& entries, std::string_view group, std::span<const Kind* const> kinds) {
  for (const Kind* kind : kinds) {
    entries.push_back({.group = group,
                       .name = kind->name,
                       .sentence = kind->sentence,
                       .paper = kind->paper,
                       .options = kind->options});
  }
}

/// Parts of a making are set in parentheses, everything else by --set.
std::string how_set(const Entry& entry) {
  const bool part =
      entry.group == "canvas" || entry.group == "transform" || entry.group == "prior" || entry.group == "optimiser";
  return part ? std::string(entry.name) + "(NAME=VALUE, ...), or values in this order" : "--set NAME=VALUE";
}

}  // namespace

std::vector<Entry> all_entries() {
  std::vector<Entry> entries;
  for (const Technique* technique : all_techniques()) {
    entries.push_back({.group = "technique",
                       .name = technique->name,
                       .sentence = technique->sentence,
                       .paper = technique->paper,
                       .details = technique->details,
                       .options = technique->options,
                       .presets = technique->presets});
  }
  for (const Recipe* recipe : all_recipes()) {
    Entry entry{.group = "recipe",
                .name = recipe->name,
                .sentence = recipe->sentence,
                .paper = recipe->paper,
                .details = recipe->details,
                .options = recipe->options,
                .presets = recipe->presets};
    for (const RecipeRow& row : recipe->rows) entry.rows.push_back(row.says);
    entries.push_back(std::move(entry));
  }
  for (const ObjectiveKind* kind : all_objectives()) {
    entries.push_back(
        {.group = "objective", .name = kind->name, .arguments = kind->arguments, .sentence = kind->sentence});
  }
  for (const Measure* measure : all_measures()) {
    Entry entry{.group = "measure",
                .name = measure->name,
                .sentence = measure->sentence,
                .paper = measure->paper,
                .details = measure->details,
                .options = measure->options};
    for (const Quantity& quantity : measure->quantities) {
      entry.columns.push_back({quantity.name, better_text(quantity.better), quantity.sentence});
    }
    entries.push_back(std::move(entry));
  }
  for (const MakeKind* kind : all_make_kinds()) {
    entries.push_back({.group = "kind",
                       .name = kind->name,
                       .arguments = {},
                       .sentence = kind->sentence,
                       .paper = kind->paper,
                       .details = kind->details,
                       .options = kind->options,
                       .presets = kind->presets,
                       .usage = std::string(kind->needs_model ? "MODEL " : "") + std::string(kind->pictures)});
  }
  add_parts(entries, "canvas", all_canvases());
  add_parts(entries, "transform", all_transforms());
  add_parts(entries, "prior", all_priors());
  add_parts(entries, "optimiser", all_optimisers());
  return entries;
}

std::string plural(std::string_view group) { return std::string(group) + (group.ends_with("s") ? "es" : "s"); }

std::string_view name_of(OptionType type) {
  switch (type) {
    case OptionType::integer: return "integer";
    case OptionType::number: return "number";
    case OptionType::boolean: return "boolean";
    case OptionType::choice: return "choice";
    case OptionType::text: return "text";
  }
  return "text";
}

std::string values_text(const Option& option) {
  if (option.type == OptionType::boolean) return "true|false";
  if (option.range.empty()) return std::string(name_of(option.type));
  return std::string(option.range);
}

std::string page_text(const Entry& entry) {
  std::string text = fmt::format("{} {}\n{}", entry.group, signature(entry), wrapped(entry.sentence, 2));
  if (!entry.details.empty()) text += "\n" + wrapped(entry.details, 2);
  if (!entry.paper.empty()) text += "\n" + wrapped(entry.paper, 2);
  if (!entry.rows.empty()) text += "\nRules, the first that matches a node; others take the gradient:\n";
  for (const std::string_view row : entry.rows) text += wrapped(row, 2);
  if (!entry.columns.empty()) text += "\nColumns of the table:\n";
  for (const EntryColumn& column : entry.columns) {
    text += fmt::format("  {} ({})\n{}", column.name, column.better, wrapped(column.sentence, 6));
  }
  if (!entry.options.empty()) text += fmt::format("\nOptions ({}):\n", how_set(entry));
  for (const Option& option : entry.options) {
    text += fmt::format("  {} = {}   [{}]\n{}", option.name, shown_default(option), values_text(option),
                        wrapped(option.help, 6));
  }
  if (!entry.presets.empty()) text += "\nPresets (--preset NAME):\n";
  for (const Preset& preset : entry.presets) {
    text += fmt::format("  {}   {}\n{}", preset.name, settings_text(preset), wrapped(preset.help, 6));
  }
  return text;
}

std::string page_markdown(const Entry& entry) {
  std::string text = fmt::format("# {}\n\n*{}*", signature(entry), entry.group);
  if (entry.group == "technique") {
    text += fmt::format(", `fovea explain MODEL IMAGE --technique {} --out map.png`", entry.name);
  }
  if (entry.group == "measure") {
    text += fmt::format(", `fovea evaluate MODEL DATA --technique all --measure {} --out DIR`", entry.name);
  }
  if (entry.group == "kind") text += fmt::format(", `fovea make {} {} --out made.png`", entry.name, entry.usage);
  if (entry.group == "objective") text += fmt::format(", `--objective \"{}\"`", signature(entry));
  text += fmt::format("\n\n{}\n", entry.sentence);
  if (!entry.details.empty()) text += fmt::format("\n{}\n", entry.details);
  if (!entry.paper.empty()) text += fmt::format("\nSource: {}\n", entry.paper);
  if (!entry.rows.empty()) {
    text += "\n## Rules\n\nThe first that matches a node; every other node takes its gradient.\n\n";
  }
  for (const std::string_view row : entry.rows) text += fmt::format("1. {}\n", row);
  if (!entry.columns.empty()) text += "\n## Columns\n\n";
  for (const EntryColumn& column : entry.columns) {
    text += fmt::format("- `{}` ({}): {}\n", column.name, column.better, column.sentence);
  }
  if (!entry.options.empty()) {
    text += "\n## Options\n\n`" + how_set(entry) + "`\n\n| name | default | values | meaning |\n|---|---|---|---|\n";
  }
  for (const Option& option : entry.options) {
    text += fmt::format("| `{}` | {} | {} | {} |\n", option.name, cell(shown_default(option)),
                        cell(values_text(option)), cell(option.help));
  }
  if (!entry.presets.empty()) {
    text += "\n## Presets\n\n`--preset NAME`\n\n| name | settings | meaning |\n|---|---|---|\n";
  }
  for (const Preset& preset : entry.presets) {
    text += fmt::format("| `{}` | `{}` | {} |\n", preset.name, settings_text(preset), cell(preset.help));
  }
  return text;
}

std::string index_markdown(const std::vector<Entry>& entries) {
  std::string text =
      "# Reference\n\nPrinted by `fovea list --docs docs` from the program itself; not edited by hand.\n";
  std::string_view group;
  for (const Entry& entry : entries) {
    if (entry.group != group)
      text +=
          fmt::format("\n## {}{}\n\n", static_cast<char>(entry.group[0] - 'a' + 'A'), plural(entry.group).substr(1));
    group = entry.group;
    text += fmt::format("- [{}]({}/{}.md): {}\n", signature(entry), plural(entry.group), entry.name, entry.sentence);
  }
  std::vector<std::string> ops;
  for (const Op* op : all_ops()) ops.emplace_back(op->onnx);
  return text + fmt::format("\n## Ops\n\n{} ops of ONNX are computed: {}.\n", ops.size(), joined(ops, ", "));
}

Json to_json(const Entry& entry) {
  Json json{{"kind", entry.group}, {"name", entry.name}, {"sentence", entry.sentence}};
  if (!entry.arguments.empty()) json["arguments"] = entry.arguments;
  if (!entry.paper.empty()) json["paper"] = entry.paper;
  if (!entry.details.empty()) json["details"] = entry.details;
  if (!entry.rows.empty()) json["rules"] = entry.rows;
  for (const EntryColumn& column : entry.columns) {
    json["columns"].push_back({{"name", column.name}, {"better", column.better}, {"sentence", column.sentence}});
  }
  if (entry.group == "objective") return json;
  json["options"] = Json::array();
  for (const Option& option : entry.options) {
    json["options"].push_back({{"name", option.name},
                               {"type", name_of(option.type)},
                               {"default", option.fallback},
                               {"values", values_text(option)},
                               {"help", option.help}});
  }
  json["presets"] = Json::array();
  for (const Preset& preset : entry.presets) {
    Json settings = Json::object();
    for (const Setting& setting : preset.settings) settings[std::string(setting.name)] = setting.value;
    json["presets"].push_back({{"name", preset.name}, {"help", preset.help}, {"settings", settings}});
  }
  return json;
}

std::vector<std::string> names_in(std::string_view group) {
  std::vector<std::string> names;
  for (const Entry& entry : all_entries()) {
    if (group.empty() || entry.group == group) names.emplace_back(entry.name);
  }
  return names;
}

}  // namespace fovea::cli

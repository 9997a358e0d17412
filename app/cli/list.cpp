// fovea list: techniques, recipes, objectives, measures, kinds of making, their parts and ops, all printed from their
// descriptors.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include <fovea/error.h>
#include <fovea/op.h>

#include "shared/arguments.h"
#include "shared/entry.h"
#include "shared/json.h"
#include "shared/place.h"
#include "shared/text.h"
#include "shared/verb.h"

namespace fovea::cli::list {
namespace {

struct Choices {
  Common common;
  std::string name;
  std::string docs;
  bool ops = false;
};

std::vector<Entry> entries_called(const std::string& name) {
  std::vector<Entry> found;
  std::vector<std::string> known;
  for (Entry& entry : all_entries()) {
    known.emplace_back(entry.name);
    if (entry.name == name) found.push_back(std::move(entry));
  }
  if (!found.empty()) return found;
  const std::string near = did_you_mean(name, known);
  throw Error(ErrorKind::usage, "nothing is called '" + name + "'",
              near.empty() ? "`fovea list` shows them all" : near);
}

void print_overview() {
  constexpr std::string_view told[][3] = {
      {"technique", "Techniques", "fovea explain MODEL IMAGE --technique NAME"},
      {"recipe", "Recipes", "how relevance flows back; techniques use them"},
      {"objective", "Objectives", "--objective EXPRESSION, closed under + - *"},
      {"measure", "Measures", "fovea evaluate MODEL DATA --technique all --out DIR"},
      {"kind", "Kinds of making", "fovea make KIND MODEL [IMAGE...] --out PATH"},
      {"canvas", "Canvases", "--canvas \"NAME(...)\": what is varied"},
      {"transform", "Transforms", "--transforms \"NAME(...) NAME(...)\": what the network sees it through"},
      {"prior", "Priors", "--priors \"NAME(...) NAME(...)\": what is held for likely"},
      {"optimiser", "Optimisers", "--optimiser \"NAME(...)\": how the gradient is followed"}};
  const std::vector<Entry> entries = all_entries();
  for (const auto& [group, title, use] : told) {
    fmt::print("{} ({})\n", title, use);
    for (const Entry& entry : entries) {
      if (entry.group != group) continue;
      const std::string head =
          entry.arguments.empty() ? std::string(entry.name) : fmt::format("{}({})", entry.name, entry.arguments);
      fmt::print("  {:<24} {}\n", head, entry.sentence);
    }
    fmt::print("\n");
  }
  fmt::print("`fovea list NAME` tells all about one, `fovea list --ops` the ops of ONNX that are computed.\n");
}

Json ops_json() {
  Json ops = Json::array();
  for (const Op* op : all_ops()) ops.push_back({{"name", op->name}, {"onnx", op->onnx}});
  return ops;
}

void write_docs(const std::filesystem::path& folder) {
  const std::vector<Entry> entries = all_entries();
  for (const Entry& entry : entries) {
    const std::filesystem::path group = folder / plural(entry.group);
    make_folder(group);
    write_text(group / (std::string(entry.name) + ".md"), page_markdown(entry));
  }
  write_text(folder / "reference.md", index_markdown(entries));
  fmt::print("{} pages written to {}\n", entries.size() + 1, folder.string());
}

void print_json(const std::vector<Entry>& entries, bool with_ops) {
  if (!with_ops) {
    Json pages = Json::array();
    for (const Entry& entry : entries) pages.push_back(to_json(entry));
    fmt::print("{}\n", text_of(pages));
    return;
  }
  Json json{{"techniques", Json::array()},
            {"recipes", Json::array()},
            {"objectives", Json::array()},
            {"measures", Json::array()}};
  for (const Entry& entry : entries) json[plural(entry.group)].push_back(to_json(entry));
  json["ops"] = ops_json();
  fmt::print("{}\n", text_of(json));
}

int tell(const Choices& choices) {
  if (!choices.docs.empty()) {
    write_docs(choices.docs);
  } else if (choices.ops) {
    if (choices.common.json)
      fmt::print("{}\n", text_of(ops_json()));
    else
      for (const Op* op : all_ops()) fmt::print("{}\n", op->onnx);
  } else if (choices.common.json) {
    print_json(choices.name.empty() ? all_entries() : entries_called(choices.name), choices.name.empty());
  } else if (choices.name.empty()) {
    print_overview();
  } else {
    std::vector<std::string> pages;
    for (const Entry& entry : entries_called(choices.name)) pages.push_back(page_text(entry));
    fmt::print("{}", joined(pages, "\n"));
  }
  return 0;
}

Action add(Parser& parser) {
  const auto choices = std::make_shared<Choices>();
  parser
      .add_option("NAME", choices->name,
                  "What to explain: a technique, recipe, objective, measure, kind of making or part of one")
      .text(" ")
      .names("");
  parser.add_flag("--ops", choices->ops, "Lists the ops of ONNX that are computed");
  parser.add_option("--docs", choices->docs, "Writes one page in Markdown per thing, and an index, to a folder")
      .text("DIR");
  add_common(parser, choices->common, {.threads = true, .seed = true, .device = true});
  parser.at("--ops").excludes("NAME", "`fovea list NAME` explains one, --ops lists the ops of ONNX");
  parser.excludes("--docs", {"NAME", "--ops", "--json"}, "--docs writes a page of each thing: leave one of them out");
  return [choices] { return tell(*choices); };
}

std::vector<std::vector<std::string>> fixed() {
  std::vector<std::vector<std::string>> lines{{}, {"--ops"}, {"--json"}, {"--ops", "--json"}, {"--json", "--ops"}};
  for (const std::string& name : names_in("")) {
    lines.push_back({name});
    lines.push_back({name, "--json"});
  }
  std::sort(lines.begin(), lines.end());
  lines.erase(std::unique(lines.begin(), lines.end()), lines.end());  // a name may stand in two groups
  return lines;
}

}  // namespace

extern constinit const Verb descriptor{
    .name = "list",
    .sentence = "Lists techniques, recipes, objectives, measures, makings and ops, and explains each.",
    .examples =
        "Examples:\n"
        "  fovea list\n"
        "  fovea list grad_cam\n"
        "  fovea list --json",
    .add = add,
    .fixed = fixed};

}  // namespace fovea::cli::list

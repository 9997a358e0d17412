// fovea evaluate: how well a network does on labelled pictures.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <fovea/train.h>

#include "shared/arguments.h"
#include "shared/dataset.h"
#include "shared/json.h"
#include "shared/progress.h"
#include "shared/text.h"
#include "shared/verb.h"

namespace fovea::cli {
namespace {

struct Choices {
  ModelChoice model;
  DataChoice data;
  Common common;
  std::int64_t first = 0;
  std::int64_t batch = 32;
};

/// Pairs of classes that are taken for each other most often.
struct Confusion {
  std::size_t truth;
  std::size_t predicted;
  std::int64_t count;
};

std::vector<Confusion> worst_confusions(const Evaluation& result, std::size_t most) {
  std::vector<Confusion> all;
  for (std::size_t t = 0; t < result.confusion.size(); ++t) {
    for (std::size_t p = 0; p < result.confusion[t].size(); ++p) {
      if (t != p && result.confusion[t][p] > 0) all.push_back({t, p, result.confusion[t][p]});
    }
  }
  std::stable_sort(all.begin(), all.end(), [](const Confusion& a, const Confusion& b) { return a.count > b.count; });
  if (all.size() > most) all.resize(most);
  return all;
}

void print(const Evaluation& result, const std::vector<std::string>& labels) {
  constexpr std::size_t shown = 5;
  fmt::print("{} pictures: top-1 {}, top-5 {}, cross-entropy {:.4f}\n", result.pictures, percent_text(result.top1),
             percent_text(result.top5), result.loss);
  std::vector<std::vector<std::string>> rows;
  for (std::size_t c = 0; c < result.confusion.size(); ++c) {
    std::int64_t total = 0;
    for (const std::int64_t count : result.confusion[c]) total += count;
    const double right = total > 0 ? static_cast<double>(result.confusion[c][c]) / static_cast<double>(total) : 0;
    rows.push_back({labels[c], std::to_string(total), percent_text(right)});
  }
  fmt::print("{}", table_text({{"class"}, {"pictures", true}, {"right", true}}, rows));
  for (const Confusion& c : worst_confusions(result, shown)) {
    fmt::print("{} taken for {}: {}\n", labels[c.truth], labels[c.predicted], c.count);
  }
  for (const Broken& broken : result.broken) fmt::print("left out {}: {}\n", broken.name, broken.reason);
}

int evaluate_model(const Choices& choices) {
  apply(choices.common);
  const Model model = open_model(choices.model, choices.common);
  const int size = model.card.preprocess ? model.card.preprocess->width : 96;
  const auto pictures = open_data(choices.data, size, choices.first);
  const Evaluation result = evaluate(model, *pictures, choices.batch, 1, progress_on_stderr("evaluate"));
  if (!choices.common.json) {
    print(result, pictures->labels());
    return 0;
  }
  Json broken = Json::array();
  for (const Broken& b : result.broken) broken.push_back({{"name", b.name}, {"reason", b.reason}});
  const Json json{
      {"pictures", result.pictures},  {"top1", result.top1},           {"top5", result.top5}, {"loss", result.loss},
      {"labels", pictures->labels()}, {"confusion", result.confusion}, {"broken", broken}};
  fmt::print("{}\n", text_of(json));
  return 0;
}

Action add(CLI::App& parser) {
  const auto choices = std::make_shared<Choices>();
  add_model(parser, choices->model);
  add_data(parser, choices->data);
  parser.add_option("--split", choices->data.split, "Takes only what lies in a folder of this name, e.g. val")
      ->option_text("NAME");
  parser.add_option("--first", choices->first, "Sets the world's first scene; default 0")->option_text("I");
  parser.add_option("--batch", choices->batch, "Sets how many pictures run at once; default 32")
      ->option_text("N")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{4096}));
  add_common(parser, choices->common);
  return [choices] { return evaluate_model(*choices); };
}

}  // namespace

extern constinit const Verb evaluate{
    .name = "evaluate",
    .sentence = "Tells how often a network is right on labelled pictures, by class, and what it confuses.",
    .examples =
        "Examples:\n"
        "  fovea evaluate models/natural.onnx imagenette128.tar --split val\n"
        "  fovea evaluate models/world.onnx world --world-seed 99 --scenes 2000\n"
        "  fovea evaluate net.onnx photos/ --json > result.json",
    .add = add};

}  // namespace fovea::cli

// fovea classify: the classes that a network thinks most likely: softmax(y)_c = exp(y_c) / sum_k exp(y_k), scores y.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <memory>

#include <fmt/format.h>

#include <fovea/error.h>
#include <fovea/trace.h>

#include "shared/arguments.h"
#include "shared/device.h"
#include "shared/failures.h"
#include "shared/input.h"
#include "shared/interrupt.h"
#include "shared/json.h"
#include "shared/progress.h"
#include "shared/text.h"
#include "shared/verb.h"

namespace fovea::cli::classify {
namespace {

struct Choices {
  ModelChoice model;
  Common common;
  std::vector<std::string> pictures;
  std::int64_t top = 5;
};

struct Guess {
  std::int64_t index;
  std::string label;
  double probability;
};

std::vector<Guess> best_guesses(const Model& model, const Tensor& scores, std::int64_t top) {
  const auto [probabilities, indices] = scores.softmax(0).to(at::kCPU).topk(std::min(top, scores.size(0)));
  std::vector<Guess> guesses;
  for (std::int64_t rank = 0; rank < probabilities.size(0); ++rank) {
    const auto index = indices[rank].item<std::int64_t>();
    guesses.push_back({index, label_of(model.card, index), probabilities[rank].item<double>()});
  }
  return guesses;
}

Json to_json(const std::string& file, const std::vector<Guess>& guesses) {
  Json top = Json::array();
  for (const Guess& guess : guesses) {
    top.push_back({{"index", guess.index}, {"label", guess.label}, {"probability", guess.probability}});
  }
  return {{"file", file}, {"top", top}};
}

void print(const std::string& file, const std::vector<Guess>& guesses) {
  fmt::print("{}\n", file);
  for (std::size_t rank = 0; rank < guesses.size(); ++rank) {
    fmt::print("{:>3}  {:>7}  {}\n", rank + 1, percent_text(guesses[rank].probability),
               class_text(guesses[rank].label, guesses[rank].index));
  }
  std::fflush(stdout);
}

/// One picture, or every picture of a .npy batch. Each is run alone, so that its answer does not depend on the others.
void classify_file(const Choices& choices, const Model& model, const std::string& path, Json& answers) {
  const Input input = read_input(path, model);
  const std::int64_t count = input.tensor.size(0);
  for (std::int64_t i = 0; i < count; ++i) {
    stop_if_interrupted();
    const Tensor one = to_device(input.tensor.narrow(0, i, 1), choices.common.device);
    const Trace trace =
        fovea::run(model.graph, one, {.tape = Tape::none, .keep = KeepValues::none, .until = {model.graph.logits()}});
    require_finite(model, trace.scores());
    const std::vector<Guess> guesses = best_guesses(model, trace.scores()[0], choices.top);
    const std::string file = count > 1 ? fmt::format("{}[{}]", path, i) : path;
    answers.push_back(to_json(file, guesses));
    if (!choices.common.json) print(file, guesses);
  }
}

int classify_all(const Choices& choices) {
  apply(choices.common);
  const Model model = open_model(choices.model, choices.common);
  const Progress progress = progress_on_stderr("classify");
  Failures failures;
  Json answers = Json::array();
  for (std::size_t i = 0; i < choices.pictures.size(); ++i) {
    stop_if_interrupted();
    try {
      classify_file(choices, model, choices.pictures[i], answers);
    } catch (const Error&) {
      answers.push_back(failures.keep(choices.pictures[i], std::current_exception()));
    }
    progress(static_cast<std::int64_t>(i + 1), static_cast<std::int64_t>(choices.pictures.size()));
  }
  if (choices.common.json) fmt::print("{}\n", text_of(answers));
  return failures.report_all();
}

Action add(Parser& parser) {
  const auto choices = std::make_shared<Choices>();
  add_model(parser, choices->model);
  parser.add_option("IMAGE", choices->pictures, "Pictures, or .npy files of float32 [C,H,W] or [N,C,H,W]")
      .text("...")
      .required();
  parser.add_option("--top", choices->top, "Sets how many classes are told; default 5")
      .text("K")
      .range(std::int64_t{1}, std::int64_t{1'000'000});
  add_common(parser, choices->common, {.seed = true});
  return [choices] { return classify_all(*choices); };
}

}  // namespace

extern constinit const Verb descriptor{
    .name = "classify",
    .sentence = "Tells which classes a network thinks most likely.",
    .examples =
        "Examples:\n"
        "  fovea classify squeezenet.onnx cat.jpg dog.jpg\n"
        "  fovea classify squeezenet.onnx photos/*.jpg --top 1 --json > answers.json\n"
        "  fovea classify unknown.onnx cat.jpg --preprocess imagenet",
    .add = add};

}  // namespace fovea::cli::classify

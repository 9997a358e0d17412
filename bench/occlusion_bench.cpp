// What exact incremental occlusion gains over the plain batched sweep of the same engine, in one process:
//   occlusion_bench [--side PX] [--window PX] [--stride PX] [--positions N] MODEL.onnx...
// Of every model: the ratio of times, the ratio of multiply-adds with regions clipped at the borders (the bound), the
// share of the bound that is reached, and how far the answers are apart. `positions` takes a sample spread over the
// picture (default: all).
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <ATen/ops/cat.h>
#include <ATen/ops/zeros.h>

#include <malloc.h>

#include <fovea/fovea.h>

#include "core/incremental.h"
#include "core/random.h"

namespace {

using namespace fovea;  // NOLINT(google-build-using-namespace): a program of one file

struct Choices {
  std::int64_t side = 0;  ///< of the input, px; 0: the network's
  std::int64_t window = 16;
  std::int64_t stride = 8;
  std::int64_t positions = 0;  ///< 0: all
  double field = 1;            ///< under 1: approximate
};

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

std::vector<Place> places_of(const Choices& choices, std::int64_t height, std::int64_t width) {
  std::vector<Place> all;
  for (std::int64_t y = 0; y + choices.window <= height; y += choices.stride) {
    for (std::int64_t x = 0; x + choices.window <= width; x += choices.stride) all.push_back({y, x});
  }
  if (choices.positions <= 0 || choices.positions >= static_cast<std::int64_t>(all.size())) return all;
  std::vector<Place> some;
  for (std::int64_t i = 0; i < choices.positions; ++i) {
    some.push_back(all[static_cast<std::size_t>(i) * all.size() / static_cast<std::size_t>(choices.positions)]);
  }
  return some;
}

void measure(const std::string& path, const Choices& choices) {
  const Model model = load_model(path, {.preprocess = "none", .logits = {}});
  Tensor input = blank_input(model);
  if (choices.side > 0) input = normal({1, input.size(1), choices.side, choices.side}, 1, 0);
  input = normal(input.sizes().vec(), 1, 0);
  const std::vector<Place> places = places_of(choices, input.size(2), input.size(3));
  const auto total = static_cast<std::int64_t>(places.size());
  const Objective objective = logit(1);

  const Trace base = run(model.graph, input, {.tape = Tape::none});
  const Incremental engine(base, {model.graph.logits()}, choices.field);
  constexpr std::int64_t granted = std::int64_t{1} << 30;
  constexpr std::int64_t most_pictures = 128;
  const std::int64_t bytes = engine.bytes_per_picture(choices.window, choices.window);
  const std::int64_t batch = std::clamp<std::int64_t>(granted / std::max<std::int64_t>(bytes, 1), 1, most_pictures);
  const auto exact = [&] {
    std::vector<Tensor> scores;
    for (std::int64_t begin = 0; begin < total; begin += batch) {
      const auto count = std::min(batch, total - begin);
      const std::vector<Place> some(places.begin() + begin, places.begin() + begin + count);
      const auto changed = engine.run({at::zeros({count, input.size(1), choices.window, choices.window}), some});
      scores.push_back(flatten_scores(engine.whole(0, changed[0])).select(1, 1));
    }
    return at::cat(scores);
  };
  const auto plain = [&] {
    constexpr std::int64_t micro_batch = 16;
    std::vector<Tensor> scores;
    for (std::int64_t begin = 0; begin < total; begin += micro_batch) {
      const auto count = std::min(micro_batch, total - begin);
      Tensor copies = input.repeat({count, 1, 1, 1});
      for (std::int64_t i = 0; i < count; ++i) {
        const Place& at = places[static_cast<std::size_t>(begin + i)];
        copies[i].narrow(1, at.y, choices.window).narrow(2, at.x, choices.window).zero_();
      }
      scores.push_back(evaluate(model, copies, objective, micro_batch));
    }
    return at::cat(scores);
  };

  const double begun = now();
  const Tensor by_parts = exact();
  const double between = now();
  const Tensor whole = plain();
  const double plain_seconds = now() - between;
  double exact_seconds = between - begun;
  const double again = now();  // the first pass also warms up: the better of two counts
  exact();
  exact_seconds = std::min(exact_seconds, now() - again);
  double least = 0;
  for (const Place& place : places) least += static_cast<double>(engine.macs(place, choices.window, choices.window));
  const double bound = static_cast<double>(engine.whole_macs()) * static_cast<double>(total) / least;
  const double ratio = plain_seconds / exact_seconds;
  const Tensor unchanged = flatten_scores(base.value(model.graph.logits())).select(1, 1);
  const double scale = (whole - unchanged).abs().max().item<double>();
  std::printf(
      "%-28s %4lld px %3lld/%-3lld %5lld positions, batch %4lld: plain %8.2f s, incremental %7.2f s: %5.2f times; "
      "bound %5.2f, reached %3.0f %%; apart %.1e of the values, %.1e of the largest loss\n",
      path.substr(path.rfind('/') + 1).c_str(), static_cast<long long>(input.size(2)),
      static_cast<long long>(choices.window), static_cast<long long>(choices.stride), static_cast<long long>(total),
      static_cast<long long>(batch), plain_seconds, exact_seconds, ratio, bound, 100 * ratio / bound,
      ((by_parts - whole).norm() / whole.norm()).item<double>(),
      (by_parts - whole).abs().max().item<double>() / std::max(scale, 1e-30));
  std::fflush(stdout);
}

}  // namespace

int main(int count, char** arguments) {
  // Freed memory is kept, as the program itself does.
  constexpr int kept_bytes = 1 << 30;
  mallopt(M_TRIM_THRESHOLD, kept_bytes);
  mallopt(M_MMAP_THRESHOLD, kept_bytes);
  Choices choices;
  for (int i = 1; i < count; ++i) {
    const std::string argument = arguments[i];
    if (!argument.starts_with("--")) {
      try {
        measure(argument, choices);
      } catch (const Error& error) {
        std::printf("%s: %s\n", argument.c_str(), error.what());
      }
      continue;
    }
    if (i + 1 >= count) return 2;
    const char* value = arguments[++i];
    if (argument == "--side") choices.side = std::atoll(value);
    if (argument == "--window") choices.window = std::atoll(value);
    if (argument == "--stride") choices.stride = std::atoll(value);
    if (argument == "--positions") choices.positions = std::atoll(value);
    if (argument == "--field") choices.field = std::atof(value);
  }
  return 0;
}

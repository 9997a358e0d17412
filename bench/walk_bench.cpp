// How much a walk costs beside whole-graph autograd, in one process; MODEL.onnx paths as arguments.
// Every figure is a full run and walk for one picture at the network's size;
// `ratio` divides by whole-graph autograd (run and backward) measured in alternation with it.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include <malloc.h>

#include <benchmark/benchmark.h>

#include <fovea/fovea.h>

namespace {

using namespace fovea;  // NOLINT(google-build-using-namespace): a program of one file

double seconds(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

/// Runs two pieces of work in alternation; reports the median of each and of their ratios.
void compare(benchmark::State& state, const std::function<void()>& work, const std::function<void()>& reference) {
  work();
  reference();
  std::vector<double> ratios;
  std::vector<double> references;
  for (auto _ : state) {
    const double base = seconds(reference);
    const double own = seconds(work);
    state.SetIterationTime(own);
    ratios.push_back(own / base);
    references.push_back(base);
  }
  state.counters["ratio"] = median(ratios);
  state.counters["reference_ms"] = 1e3 * median(references);
}

void walk_recipe(const Model& model, const Tensor& input, const Objective& objective, const char* recipe) {
  const Trace trace = run(model.graph, input);
  benchmark::DoNotOptimize(walk(trace, seed(trace, objective), find_recipe(recipe)).at(model.graph.inputs()[0]));
}

void add_benches(const std::string& name, const Model& model) {
  const Tensor input = blank_input(model) + 0.25;
  const Objective objective = logit(1);
  const auto autograd = [=, &model] { benchmark::DoNotOptimize(gradient_at(model, input, objective)); };
  for (const char* recipe : {"gradient", "guided", "deconvnet", "excitation"}) {
    benchmark::RegisterBenchmark((name + "/" + recipe + "_to_autograd").c_str(),
                                 [=, &model](benchmark::State& state) {
                                   compare(
                                       state, [=, &model] { walk_recipe(model, input, objective, recipe); }, autograd);
                                 })
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond)
        ->Iterations(15);
  }
  for (const char* recipe : {"gradient", "guided", "deconvnet"}) {
    benchmark::RegisterBenchmark(
        (name + "/second_" + recipe + "_to_full").c_str(),
        [=, &model](benchmark::State& state) {
          const Trace kept = run(model.graph, input);
          compare(
              state,
              [&] {
                benchmark::DoNotOptimize(
                    walk(kept, seed(kept, objective), find_recipe(recipe)).at(model.graph.inputs()[0]));
              },
              [&] { walk_recipe(model, input, objective, recipe); });
        })
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond)
        ->Iterations(15);
  }
}

}  // namespace

int main(int argc, char** argv) {
  mallopt(M_MMAP_THRESHOLD, 1 << 30);  // as the program does: freed memory is kept
  mallopt(M_TRIM_THRESHOLD, -1);
  benchmark::Initialize(&argc, argv);
  std::vector<Model> models;
  models.reserve(static_cast<std::size_t>(argc));
  try {
    for (int i = 1; i < argc; ++i) models.push_back(load_model(argv[i]));
  } catch (const Error& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return 1;
  }
  if (models.empty()) {
    std::fprintf(stderr, "usage: %s MODEL.onnx...\n", argv[0]);
    return 2;
  }
  for (const Model& model : models) add_benches(model.card.name, model);
  benchmark::RunSpecifiedBenchmarks();
}

// How many pictures a second a loader makes, and where the time goes; a data set (folder or .tar) as argument, the size
// in px behind it. `0 threads` is one core: decode, augment and normalise in the caller's thread.
// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <cstdlib>
#include <string>

#include <malloc.h>

#include <benchmark/benchmark.h>

#include <fovea/data.h>
#include <fovea/error.h>

namespace {

using namespace fovea;  // NOLINT(google-build-using-namespace): a program of one file

LoaderOptions options_of(int side, int threads, bool augmented) {
  LoaderOptions options;
  options.preprocess = {.source = "bench",
                        .width = side,
                        .height = side,
                        .scale = 1.0 / 255,
                        .mean = {0.485, 0.456, 0.406},
                        .std = {0.229, 0.224, 0.225}};
  if (augmented) {
    options.augmentation = {.least_area = 0.35, .stretch = 4.0 / 3, .flip = true, .colour = 0.3, .erase = 0.25};
  }
  options.shuffle = true;
  options.threads = threads;
  return options;
}

void decode(benchmark::State& state, const Pictures& pictures) {
  std::int64_t index = 0;
  for (auto _ : state) benchmark::DoNotOptimize(pictures.at(index++ % pictures.size()));
  state.SetItemsProcessed(state.iterations());
}

void load(benchmark::State& state, const Pictures& pictures, int side, int threads, bool augmented) {
  Loader loader(pictures, options_of(side, threads, augmented));
  std::int64_t made = 0;
  std::int64_t epoch = 0;
  for (auto _ : state) {
    auto batch = loader.next();
    if (!batch) {
      loader.start(++epoch);
      batch = loader.next();
    }
    made += batch->labels.numel();
  }
  state.SetItemsProcessed(made);
}

}  // namespace

int main(int argc, char** argv) {
  mallopt(M_MMAP_THRESHOLD, 1 << 30);  // as the program does: freed memory is kept
  mallopt(M_TRIM_THRESHOLD, -1);
  benchmark::Initialize(&argc, argv);
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s DATA [SIZE]\n", argv[0]);
    return 2;
  }
  try {
    const auto pictures = open_pictures(argv[1]);
    const int side = argc > 2 ? std::atoi(argv[2]) : 128;
    benchmark::RegisterBenchmark("decode", [&](benchmark::State& state) { decode(state, *pictures); });
    for (const int threads : {0, 1, 2}) {
      for (const bool augmented : {false, true}) {
        const std::string name = std::string(augmented ? "augmented/" : "plain/") + std::to_string(threads);
        benchmark::RegisterBenchmark((name + "_threads").c_str(),
                                     [&pictures, side, threads, augmented](benchmark::State& state) {
                                       load(state, *pictures, side, threads, augmented);
                                     })
            ->UseRealTime()
            ->Unit(benchmark::kMillisecond);
      }
    }
    benchmark::RunSpecifiedBenchmarks();
  } catch (const Error& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return 1;
  }
}

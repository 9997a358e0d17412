// What a libtorch takes and answers, to hold one beside another, each in a build of its own:
//   libtorch_bench [--out DIR] [--repeats N] MODEL.onnx...
// Of every model: the median time of a forward pass, of a gradient map and of an occlusion map (exact), in ms. --out
// writes what was computed as .npy: DIR/MODEL_logits.npy, _gradient.npy and _occlusion.npy.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <fovea/fovea.h>

#include "core/random.h"

namespace {

using namespace fovea;  // NOLINT(google-build-using-namespace): a program of one file

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

/// The median of times, ms, after one that is not counted.
template <class Work>
double median_of(int repeats, const Work& work) {
  work();
  std::vector<double> times;
  for (int i = 0; i < repeats; ++i) {
    const double begun = now();
    work();
    times.push_back(1e3 * (now() - begun));
  }
  std::nth_element(times.begin(), times.begin() + repeats / 2, times.end());
  return times[static_cast<std::size_t>(repeats / 2)];
}

void measure(const std::filesystem::path& path, int repeats, const std::filesystem::path& out) {
  const Model model = load_model(path, {.preprocess = "none", .logits = {}});
  const Tensor input = normal(blank_input(model).sizes().vec(), 1, 0);
  Tensor logits;
  const double forward = median_of(repeats, [&] {
    const Trace trace = run(model.graph, input);
    logits = trace.value(model.graph.logits());
  });
  const auto ask = [&](const char* technique, int times, Tensor& map) {
    return median_of(times, [&] {
      const Subject subject(model, input);  // with a run of its own
      map = explain(find_technique(technique), subject, parse_objective("logit(1)")).values;
    });
  };
  Tensor gradient;
  Tensor occlusion;
  const double backward = ask("gradient", repeats, gradient);
  const double sweep = ask("occlusion", std::max(1, repeats / 5), occlusion);
  std::printf("%-28s forward %8.2f ms, gradient %8.2f ms, occlusion %9.1f ms\n", path.stem().c_str(), forward, backward,
              sweep);
  if (out.empty()) return;
  std::filesystem::create_directories(out);
  write_npy(out / (path.stem().string() + "_logits.npy"), logits);
  write_npy(out / (path.stem().string() + "_gradient.npy"), gradient);
  write_npy(out / (path.stem().string() + "_occlusion.npy"), occlusion);
}

}  // namespace

int main(int argc, char** argv) try {
  int repeats = 15;
  std::string out;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--out" && i + 1 < argc) {
      out = argv[++i];
    } else if (word == "--repeats" && i + 1 < argc) {
      repeats = std::max(1, std::atoi(argv[++i]));
    } else {
      measure(word, repeats, out);
    }
  }
  return 0;
} catch (const fovea::Error& error) {
  std::fprintf(stderr, "error: %s\nhint: %s\n", error.what(), error.hint().c_str());
  return 1;
}

// How fast an atlas is built from picture files, beside the bare batched forward pass of the same network on tensors
// that lie in memory, in one process and in alternation; the peak memory of a build over few and over many pictures;
// and walks cropped to the receptive field beside whole ones.
//   atlas_bench MODEL.onnx DATA [PICTURES a round, default 512]
//   atlas_bench --crop MODEL.onnx VALUE...
// `ratio` is the build's pictures per second over the bare pass's.
// SPDX-License-Identifier: Apache-2.0
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <numeric>
#include <string_view>
#include <vector>

#include <malloc.h>

#include <ATen/core/grad_mode.h>

#include <fovea/fovea.h>

#include "core/random.h"

namespace {

using namespace fovea;  // NOLINT(google-build-using-namespace): a program of one file
using Clock = std::chrono::steady_clock;
namespace fs = std::filesystem;

constexpr std::int64_t batch = 16;
constexpr int rounds = 5;

double seconds_since(Clock::time_point begun) { return std::chrono::duration<double>(Clock::now() - begun).count(); }

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

std::unique_ptr<Pictures> spread(const Pictures& pictures, std::int64_t count) {
  std::vector<std::int64_t> indices;
  for (std::int64_t i = 0; i < count; ++i) indices.push_back(i * pictures.size() / count);
  return subset(pictures, std::move(indices));
}

std::vector<Tensor> in_memory(const Model& model, const Pictures& pictures) {
  Loader loader(pictures, {.preprocess = *model.card.preprocess, .augmentation = {}, .batch = batch});
  std::vector<Tensor> inputs;
  while (const auto next = loader.next()) inputs.push_back(next->input);
  return inputs;
}

double bare_seconds(const Model& model, const std::vector<Tensor>& inputs) {
  const c10::AutoGradMode no_tape(false);
  const auto begun = Clock::now();
  for (const Tensor& input : inputs) {
    run(model.graph, input, {.tape = Tape::none, .keep = KeepValues::none, .until = {model.graph.logits()}});
  }
  return seconds_since(begun);
}

double build_seconds(const Model& model, const Pictures& pictures, const fs::path& folder) {
  fs::remove_all(folder);
  AtlasOptions options;
  options.batch = batch;
  const auto begun = Clock::now();
  build_atlas(model, pictures, options, folder);
  return seconds_since(begun);
}

/// Peak resident set of a build in a child process, MiB.
double peak_of_build(const char* path, const char* data, std::int64_t count, const fs::path& folder) {
  const pid_t child = fork();
  if (child == 0) {
    const Model model = load_model(path);
    const auto all = open_pictures(data);
    build_seconds(model, *spread(*all, std::min(count, all->size())), folder);
    _exit(0);
  }
  rusage usage{};
  int status = 0;
  wait4(child, &status, 0, &usage);
  constexpr double kibibytes_in_mebibyte = 1024;
  return status == 0 ? static_cast<double>(usage.ru_maxrss) / kibibytes_in_mebibyte : -1;
}

void compare_walks(const char* path, const std::vector<std::string>& values) {
  const Model model = load_model(path, {.preprocess = "none", .logits = {}});
  const Tensor input = normal(blank_input(model).sizes().vec(), 1, 0);
  std::printf("%-40s %10s %10s %8s %12s\n", "unit in the middle of", "whole ms", "cropped ms", "ratio", "difference");
  for (const std::string& name : values) {
    const Projector projector(model, model.graph.at(name), find_recipe("deconvnet"));
    const Tensor map =
        run(model.graph, input, {.tape = Tape::none, .until = {model.graph.at(name)}}).value(model.graph.at(name));
    const std::int64_t place = map.dim() == 4 ? map.size(2) / 2 * map.size(3) + map.size(3) / 2 : 0;
    std::vector<double> whole;
    std::vector<double> cropped;
    double difference = 0;
    for (int round = 0; round < 2 * rounds + 1; ++round) {
      auto begun = Clock::now();
      const Projection a = projector.project(input, 0, place, true);
      whole.push_back(seconds_since(begun));
      begun = Clock::now();
      const Projection b = projector.project(input, 0, place);
      cropped.push_back(seconds_since(begun));
      difference = (a.pixels - b.pixels).norm().item<double>() / a.pixels.norm().item<double>();
    }
    std::printf("%-40s %10.2f %10.2f %8.1f %12.1e\n", name.c_str(), 1e3 * median(whole), 1e3 * median(cropped),
                median(whole) / median(cropped), difference);
  }
}

void compare_builds(const char* path, const char* data, std::int64_t count) {
  const fs::path folder = fs::temp_directory_path() / ("fovea_atlas_bench_" + std::to_string(getpid()));
  std::printf("peak MiB of a build: 1,000 pictures %.0f", peak_of_build(path, data, 1'000, folder));
  std::fflush(stdout);
  std::printf(", 13,000 pictures %.0f\n", peak_of_build(path, data, 13'000, folder));
  const Model model = load_model(path);
  const auto all = open_pictures(data);
  const auto pictures = spread(*all, std::min(count, all->size()));
  const std::vector<Tensor> inputs = in_memory(model, *pictures);
  bare_seconds(model, inputs);  // warms up
  std::vector<double> ratios;
  for (int round = 0; round < rounds; ++round) {
    const double bare = bare_seconds(model, inputs);
    const double built = build_seconds(model, *pictures, folder);
    ratios.push_back(bare / built);
    const auto number = static_cast<double>(pictures->size());
    std::printf("bare %7.1f/s  build %7.1f/s  ratio %.3f\n", number / bare, number / built, ratios.back());
    std::fflush(stdout);
  }
  std::printf("median ratio %.3f\n", median(ratios));
  fs::remove_all(folder);
}

}  // namespace

int main(int count, char** arguments) {
  mallopt(M_MMAP_THRESHOLD, 32 << 20);  // as the program does
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  if (count >= 4 && std::string_view(arguments[1]) == "--crop") {
    compare_walks(arguments[2], {arguments + 3, arguments + count});
    return 0;
  }
  if (count < 3) {
    std::printf("atlas_bench MODEL.onnx DATA [PICTURES]\natlas_bench --crop MODEL.onnx VALUE...\n");
    return 2;
  }
  compare_builds(arguments[1], arguments[2], count > 3 ? std::atoll(arguments[3]) : 512);
  return 0;
}

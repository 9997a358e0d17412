// Peak memory of the techniques that sample, at 10, 100 and 1,000 samples: it must not grow with them.
//   memory_bench MODEL.onnx
// Every figure is the peak resident set of a process of its own, MiB, beside the one of a single run.
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstdio>
#include <string>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fovea/fovea.h>

#include "core/random.h"

namespace {

using namespace fovea;  // NOLINT(google-build-using-namespace): a program of one file

/// Peak resident set of `work` in a child process, MiB.
template <typename Work>
double peak_of(Work work) {
  const pid_t child = fork();
  if (child == 0) {
    work();
    _exit(0);
  }
  rusage usage{};
  int status = 0;
  wait4(child, &status, 0, &usage);
  constexpr double kibibytes_in_mebibyte = 1024;
  return status == 0 ? static_cast<double>(usage.ru_maxrss) / kibibytes_in_mebibyte : -1;
}

void explain_once(const std::string& path, const char* technique, const Settings& settings) {
  const Model model = load_model(path, {.preprocess = "none", .logits = {}});
  const Subject subject(model, normal(blank_input(model).sizes().vec(), 1, 0));
  explain(find_technique(technique), subject, logit(1), {.settings = settings});
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::printf("memory_bench MODEL.onnx\n");
    return 2;
  }
  const std::string path = arguments[1];
  constexpr std::array samples{10, 100, 1000};
  std::printf("%-24s %10s %10s %10s\n", "peak MiB at", "10", "100", "1000");
  const double once = peak_of([&] { explain_once(path, "gradient", {}); });
  std::printf("%-24s %10.0f\n", "one gradient", once);
  for (const char* technique : {"integrated_gradients", "smoothgrad", "rise", "occlusion"}) {
    std::printf("%-24s", technique);
    for (const int n : samples) {
      Settings settings;
      if (std::string_view(technique) == "integrated_gradients") settings = {{"steps", std::to_string(n)}};
      if (std::string_view(technique) == "smoothgrad" || std::string_view(technique) == "rise") {
        settings = {{"samples", std::to_string(n)}};
      }
      // About n positions of a 16 px window on 224 px.
      if (std::string_view(technique) == "occlusion") {
        settings = {{"window", "16"}, {"stride", n == 10 ? "80" : n == 100 ? "22" : "7"}};
      }
      std::printf(" %10.0f", peak_of([&] { explain_once(path, technique, settings); }));
      std::fflush(stdout);
    }
    std::printf("\n");
  }
  return 0;
}

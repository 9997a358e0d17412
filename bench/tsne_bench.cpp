// How long t-SNE takes on a table of embeddings, and what it reaches; with other layouts of the same table, their
// KL(P || Q) by the same exact sum over all pairs and the same P.
//   tsne_bench EMBEDDINGS.npy [--out LAYOUT.npy] [OTHER_LAYOUT.npy ...]
// bench/tsne_peer.py makes scikit-learn's layout.
// SPDX-License-Identifier: Apache-2.0
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include <ATen/Parallel.h>

#include <fovea/embedding.h>
#include <fovea/error.h>
#include <fovea/npy.h>

#include "atlas/tsne_parts.h"

namespace {

constexpr int threads = 2;

double processor_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec) + static_cast<double>(usage.ru_utime.tv_usec) * 1e-6;
}

int run(const std::vector<std::string>& arguments) {
  const fovea::Tensor table = fovea::read_npy(arguments.at(0));
  const auto begun = std::chrono::steady_clock::now();
  const double used = processor_seconds();
  std::chrono::duration<double> before{};
  const fovea::TsneOptions options;
  const fovea::Tsne found = fovea::tsne(table, options, [&](const fovea::TsneStatus& status) {
    if (status.iteration == 1) before = std::chrono::steady_clock::now() - begun;
    return true;
  });
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begun;
  std::printf("%lld x %lld, %d threads: %.2f s (%.2f s of them before the second iteration), processors %.2f s\n",
              static_cast<long long>(table.size(0)), static_cast<long long>(table.size(1)), threads, taken.count(),
              before.count(), processor_seconds() - used);
  for (std::size_t i = 4; i < found.kl_history.size(); i += 5) {
    std::printf("  KL after %zu iterations %.4f\n", 50 * (i + 1), found.kl_history[i]);
  }
  const auto k = static_cast<std::int64_t>(3 * options.perplexity);
  const auto p = fovea::joint_probabilities(fovea::NeighbourIndex(table).search_itself(k), options.perplexity);
  std::printf("  KL as t-SNE measured it %.5f, exactly %.5f\n", found.kl, fovea::exact_gradient(p, found.layout).kl);
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    if (arguments[i] == "--out" && i + 1 < arguments.size()) {
      fovea::write_npy(arguments[++i], found.layout);
      continue;
    }
    std::printf("  KL of %s exactly %.5f\n", arguments[i].c_str(),
                fovea::exact_gradient(p, fovea::read_npy(arguments[i])).kl);
  }
  return 0;
}

}  // namespace

int main(int count, char** values) {
  if (count < 2) {
    std::fprintf(stderr, "usage: tsne_bench EMBEDDINGS.npy [--out LAYOUT.npy] [OTHER_LAYOUT.npy ...]\n");
    return 2;
  }
  at::set_num_threads(threads);
  try {
    return run({values + 1, values + count});
  } catch (const fovea::Error& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return 1;
  }
}

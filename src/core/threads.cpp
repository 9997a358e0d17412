// How many processors there are to use, and that libtorch's team of threads, which the BLAS and FAISS share, is as
// large as that. libtorch's own guess is half of the machine's processors, whatever the process may use of them.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/threads.h>

#include <sched.h>
#ifdef _OPENMP
#include <omp.h>
#endif

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <ATen/Context.h>
#include <ATen/Parallel.h>

#include <fovea/error.h>

#include "core/threads.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;

// --- control groups ---

/// A mounted hierarchy of control groups that can hold quotas of processors' time.
struct Hierarchy {
  int version = 0;
  std::string root;  ///< the group that is seen at `folder`
  fs::path folder;
};

bool lists(std::string_view names, std::string_view name) {
  const std::string all = "," + std::string(names) + ",";
  return all.find("," + std::string(name) + ",") != std::string::npos;
}

/// A line of mountinfo: ID PARENT DEVICE ROOT FOLDER OPTIONS [TAG...] - TYPE SOURCE OPTIONS (proc(5)).
std::optional<Hierarchy> hierarchy_of(const std::string& line) {
  std::istringstream words(line);
  std::string skipped, root, folder, type, options;
  words >> skipped >> skipped >> skipped >> root >> folder;
  while (words >> skipped && skipped != "-") {
  }
  words >> type >> skipped >> options;
  if (type == "cgroup2") return Hierarchy{2, root, folder};
  if (type == "cgroup" && lists(options, "cpu")) return Hierarchy{1, root, folder};
  return std::nullopt;
}

/// A process's own group in a hierarchy, from lines ID:CONTROLLERS:GROUP; those of version 2 name no controllers.
fs::path group_of(const std::vector<std::string>& lines, int version) {
  for (const std::string& line : lines) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    if (version == 2 ? controllers.empty() : lists(controllers, "cpu")) return line.substr(second + 1);
  }
  return {};
}

/// The quota that a group's own folder tells.
std::optional<double> quota_at(const fs::path& folder, int version) {
  double time = 0;
  double period = 0;
  if (version == 2) {
    std::ifstream(folder / "cpu.max") >> time >> period;  // "max" is no number, and leaves 0
  } else {
    std::ifstream(folder / "cpu.cfs_quota_us") >> time;  // -1: none
    std::ifstream(folder / "cpu.cfs_period_us") >> period;
  }
  if (time > 0 && period > 0) return time / period;
  return std::nullopt;
}

std::vector<std::string> lines_of(const fs::path& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

// --- affinity ---

int processors_of_affinity() {
  constexpr int most = 1 << 20;
  for (int places = 1024; places <= most; places *= 2) {  // the kernel refuses a set smaller than its own
    const auto freed = [](cpu_set_t* set) { CPU_FREE(set); };
    const std::unique_ptr<cpu_set_t, decltype(freed)> set(CPU_ALLOC(places), freed);
    const std::size_t bytes = CPU_ALLOC_SIZE(places);
    if (set != nullptr && ::sched_getaffinity(0, bytes, set.get()) == 0) return CPU_COUNT_S(bytes, set.get());
  }
  return static_cast<int>(std::thread::hardware_concurrency());
}

// --- the team ---

/// For this thread, and by the environment for those that begin later. at::set_num_threads would do so, too, but makes
/// a second pool, of which nothing here is run, and each of whose threads spins for a while before it sleeps.
void set_team(int threads) {
  at::get_num_threads();  // the first call in a thread is libtorch's guess, which must not come after ours
#ifdef _OPENMP
  omp_set_num_threads(threads);
#endif
  // The variable is there since before main, so that other threads that look for one see nothing but a pointer change.
  ::setenv("OMP_NUM_THREADS", std::to_string(threads).c_str(), 1);
}

}  // namespace

std::optional<double> processor_quota(const fs::path& process) {
  const std::vector<std::string> groups = lines_of(process / "cgroup");
  std::optional<double> least;
  for (const std::string& line : lines_of(process / "mountinfo")) {
    const std::optional<Hierarchy> hierarchy = hierarchy_of(line);
    if (!hierarchy) continue;
    fs::path folder = hierarchy->folder;
    const fs::path below = group_of(groups, hierarchy->version).lexically_relative(hierarchy->root);
    const bool mounted = !below.empty() && below != "." && *below.begin() != "..";
    if (mounted) folder /= below;
    while (true) {
      if (const auto quota = quota_at(folder, hierarchy->version)) least = std::min(least.value_or(*quota), *quota);
      if (folder == hierarchy->folder || !folder.has_relative_path()) break;
      folder = folder.parent_path();
    }
  }
  return least;
}

int usable_processors() {
  int processors = processors_of_affinity();
  if (const std::optional<double> quota = processor_quota("/proc/self")) {
    if (*quota < processors) processors = static_cast<int>(std::ceil(*quota));
  }
  return std::max(processors, 1);
}

void set_threads(int threads) {
  if (threads < 1) {
    throw Error(ErrorKind::usage, "the number of threads must be at least 1, found " + std::to_string(threads));
  }
  set_team(threads);
  int later = 0;
  std::thread([&] { later = at::get_num_threads(); }).join();
  if (later != threads) at::set_num_threads(threads);  // an earlier call of it, or another variable, counts for more
}

int thread_count() { return at::get_num_threads(); }

}  // namespace fovea

/// Before main, and before other static objects: what the caller chooses comes later and counts. The linker is told to
/// take this unit by this name.
extern "C" [[gnu::constructor(200)]] void fovea_use_all_processors() {
  if (std::getenv("MKL_NUM_THREADS") != nullptr) return;
  const char* chosen = std::getenv("OMP_NUM_THREADS");
  const int threads = chosen != nullptr ? std::atoi(chosen) : fovea::usable_processors();
  if (threads < 1) return;  // such a choice is OpenMP's to judge
  if (at::hasMKL()) {       // such a libtorch asks MKL, not the environment, and MKL takes no more than there are cores
    at::set_num_threads(threads);
  } else if (chosen == nullptr) {
    fovea::set_team(threads);
  }
}

// The program that people call: answers help, lists and wrong command lines by itself, within milliseconds, and becomes
// the program that computes (fovea-program, with libtorch and all that it needs) when there is something to compute.
// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include <fovea/error.h>

#include "front/answers.h"
#include "shared/parser.h"
#include "shared/perform.h"

namespace fovea::cli {
namespace {

namespace fs = std::filesystem;

char** whole_command_line = nullptr;  // as main got it; an action takes no arguments

/// Returns the program that computes: beside this one where it was built, or below libexec where it was installed.
fs::path computing_program() {
  std::error_code error;
  const fs::path folder = fs::read_symlink("/proc/self/exe", error).parent_path();
  for (const fs::path& path : {folder / "fovea-program", folder / FOVEA_TO_LIBEXEC / "fovea-program"}) {
    if (fs::exists(path, error)) return path;
  }
  throw Error(ErrorKind::file, "a part of fovea is missing: " + (folder / "fovea-program").string(),
              "build or install it again: the two programs belong together");
}

/// How many other threads of the machine run or wait for a processor, at the quietest of a few moments; none where the
/// kernel does not say.
int others_running() {
  constexpr int moments = 3;
  constexpr auto apart = std::chrono::milliseconds(1);
  int fewest = std::numeric_limits<int>::max();
  for (int moment = 0; moment < moments; ++moment) {
    if (moment > 0) std::this_thread::sleep_for(apart);
    std::string skipped;
    int running = 1;  // this one
    std::ifstream("/proc/loadavg") >> skipped >> skipped >> skipped >> running;
    fewest = std::min(fewest, running - 1);
  }
  return std::max(fewest, 0);
}

/// Says how long the threads of a team spin at a barrier before they sleep, unless the environment does; libgomp reads
/// it when it is loaded. Its own 300,000 turns (10 ms) take the processor from whoever would finish first: beside one
/// busy process two threads are then three to five times slower than one, with 1,000 turns as fast. Where nothing else
/// runs as much as 10,000 turns spare a quarter of the time that waking up costs.
void settle_spinning() {
  if (std::getenv("OMP_WAIT_POLICY") != nullptr) return;
  ::setenv("GOMP_SPINCOUNT", others_running() > 0 ? "1000" : "10000", /*replace=*/0);
}

std::string words_of(char** command_line) {
  std::string words;
  for (char** word = command_line + 1; *word != nullptr; ++word)
    words += (words.empty() ? "" : "\n") + std::string(*word);
  return words;
}

}  // namespace

int hand_on() {
  const std::string words = words_of(whole_command_line);
  for (const FixedAnswer& answer : all_fixed_answers()) {
    if (answer.words != words) continue;
    std::fwrite(answer.text.data(), 1, answer.text.size(), stdout);
    return 0;
  }
  const fs::path program = computing_program();
  settle_spinning();
  std::fflush(stdout);
  ::execv(program.c_str(), whole_command_line);
  throw Error(ErrorKind::file, "cannot start " + program.string() + ": " + std::strerror(errno));
}

std::vector<std::string> names_in(std::string_view group) {
  std::vector<std::string> names;
  for (const GroupName& known : names_of_groups()) {
    if (group.empty() || known.group == group) names.emplace_back(known.name);
  }
  return names;
}

}  // namespace fovea::cli

int main(int argc, char** argv) {
  fovea::cli::whole_command_line = argv;
  return fovea::cli::perform_all({argv + 1, argv + argc});
}

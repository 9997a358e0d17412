// What launchers say in the environment: torchrun's names first, then Open MPI's, then those of a Slurm step.
// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <cstdlib>
#include <string>
#include <string_view>

#include <fovea/error.h>
#include <fovea/ranks.h>

namespace fovea {
namespace {

/// One launcher's names.
struct Launcher {
  const char* rank;
  const char* size;
  const char* sign;  ///< must be set as well: Slurm sets the others in a batch script, too, which runs once
};

constexpr Launcher launchers[] = {{"RANK", "WORLD_SIZE", "RANK"},
                                  {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"},
                                  {"PMI_RANK", "PMI_SIZE", "PMI_RANK"},
                                  {"SLURM_PROCID", "SLURM_NTASKS", "SLURM_STEP_ID"}};

std::string_view text_of(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

int number_of(const char* name, int least, int most) {
  const std::string_view text = text_of(name);
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc{} && end == text.data() + text.size() && number >= least && number <= most) return number;
  throw Error(ErrorKind::usage,
              std::string(name) + " is '" + std::string(text) + "' in the environment; expected " +
                  std::to_string(least) + ".." + std::to_string(most),
              "unset RANK and WORLD_SIZE to work alone");
}

}  // namespace

std::optional<RankOptions> ranks_from_environment() {
  constexpr int most_ranks = 65'536;
  constexpr int most_port = 65'535;
  for (const Launcher& launcher : launchers) {
    if (text_of(launcher.sign).empty() || text_of(launcher.rank).empty()) continue;
    if (text_of(launcher.size).empty()) {
      throw Error(ErrorKind::usage,
                  std::string(launcher.rank) + " is in the environment, but " + launcher.size + " is not",
                  "set both, or neither");
    }
    RankOptions options;
    options.size = number_of(launcher.size, 1, most_ranks);
    options.rank = number_of(launcher.rank, 0, options.size - 1);
    if (!text_of("MASTER_ADDR").empty()) options.address = text_of("MASTER_ADDR");
    if (!text_of("MASTER_PORT").empty()) options.port = number_of("MASTER_PORT", 1, most_port);
    if (!text_of("FOVEA_RANKS_WAIT").empty()) options.wait = number_of("FOVEA_RANKS_WAIT", 1, 86'400);
    if (!text_of("FOVEA_RANKS_PATIENCE").empty()) options.patience = number_of("FOVEA_RANKS_PATIENCE", 2, 86'400);
    if (options.size == 1) return std::nullopt;
    return options;
  }
  return std::nullopt;
}

}  // namespace fovea

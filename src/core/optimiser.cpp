// Making an optimiser from its text.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/optimiser.h>

#include "core/find_part.h"

namespace fovea {

namespace optimisers {
std::span<const OptimiserKind* const> all();
}

std::span<const OptimiserKind* const> all_optimisers() { return optimisers::all(); }

std::unique_ptr<Optimiser> make_optimiser(std::string_view text, std::vector<Tensor> parameters, std::int64_t steps) {
  const std::vector<PartText> parts = parse_parts(text);
  if (parts.size() != 1) {
    throw Error(ErrorKind::usage, "a making has one optimiser, found " + std::to_string(parts.size()) + " in '" +
                                      std::string(text) + "'");
  }
  const OptimiserKind& kind = find_part(all_optimisers(), "optimiser", parts.front().name);
  const Options options = options_of(parts.front(), kind.options);
  return kind.make({.parameters = std::move(parameters), .options = options, .steps = steps});
}

}  // namespace fovea

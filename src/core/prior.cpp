// Reading priors.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/prior.h>

#include "core/find_part.h"

namespace fovea {

namespace priors {
std::span<const PriorKind* const> all();
}

std::span<const PriorKind* const> all_priors() { return priors::all(); }

std::vector<Prior> parse_priors(std::string_view text) {
  std::vector<Prior> read;
  for (const PartText& part : parse_parts(text)) {
    const PriorKind& kind = find_part(all_priors(), "prior", part.name);
    read.push_back({&kind, options_of(part, kind.options)});
  }
  return read;
}

}  // namespace fovea

// SPDX-License-Identifier: Apache-2.0
#include "score/class_match.h"

#include <algorithm>
#include <numeric>

#include <fovea/error.h>

namespace fovea {

std::vector<std::int64_t> match_classes(const Card& card, std::int64_t classes,
                                        const std::vector<std::string>& labels) {
  std::vector<std::int64_t> matched(labels.size());
  if (static_cast<std::int64_t>(labels.size()) == classes) {
    std::iota(matched.begin(), matched.end(), std::int64_t{0});
    return matched;
  }
  std::string missing;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    std::string name = labels[i];
    std::replace(name.begin(), name.end(), '_', ' ');
    try {
      matched[i] = find_class(card, name, classes);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::usage) throw;
      missing += (missing.empty() ? "'" : ", '") + labels[i] + "'";
    }
  }
  if (missing.empty()) return matched;
  throw Error(ErrorKind::usage,
              "the network tells " + std::to_string(classes) + " classes apart, the data set has " +
                  std::to_string(labels.size()) + ", and these are not among the network's labels: " + missing,
              "evaluate a network that was trained on these classes");
}

}  // namespace fovea

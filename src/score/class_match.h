// Which class of a network a data set's class is.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <fovea/model.h>

namespace fovea {

/// Returns the network's class of every label. The labels count as the network's own, in their order, when there are as
/// many as it has classes; else each is found by its name ("english_springer" is "English springer"). Throws
/// `Error(usage)` naming the labels that the network does not have.
std::vector<std::int64_t> match_classes(const Card& card, std::int64_t classes, const std::vector<std::string>& labels);

}  // namespace fovea

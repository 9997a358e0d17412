// The pictures that a making is given: image files, and clips, which stand for their frames.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "shared/making.h"

namespace fovea::cli {

/// Reads a request's pictures in order. Of a clip's frames as many are taken, evenly spaced, as the kind still takes.
std::vector<NamedImage> read_pictures(const MakingRequest& request);

}  // namespace fovea::cli

// Files of several pictures that are shown one after another: moving GIF and WebP files.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "image/bytes.h"

namespace fovea {

/// Counts the pictures of a GIF or WebP file, as far as it is whole; 1 for a file of another format.
std::int64_t count_frames(Bytes file);

}  // namespace fovea

// The first picture of a GIF file (GIF89a specification), which OpenCV does not read.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include <fovea/image.h>

#include "image/bytes.h"

namespace fovea {

/// Decodes a GIF's first picture onto a white screen; nothing when the file is damaged or ends early. The screen's size
/// must have been checked before.
std::optional<Image> decode_gif(Bytes file);

}  // namespace fovea

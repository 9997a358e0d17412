// Pictures in few colours.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <fovea/image.h>

namespace fovea {

/// A picture by numbers of a palette.
struct Indexed {
  std::vector<Colour> palette;        ///< at most 256
  std::vector<std::uint8_t> indices;  ///< height x width
};

/// Takes at most 256 colours: those of the picture where it has no more, else the means of boxes of colours that are
/// cut in two where colours vary most (after Heckbert 1982; the box and the place of the cut after Wu 1992, by
/// variance).
Indexed in_few_colours(const Image& image);

}  // namespace fovea

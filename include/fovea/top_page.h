// What excites a channel most, as in Zeiler and Fergus 2014, figure 2: patches of the pictures cropped to the unit's
// receptive field, beside the projections of these very activations down to the pixels.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <fovea/api.h>
#include <fovea/atlas.h>
#include <fovea/figure.h>
#include <fovea/image.h>
#include <fovea/projection.h>

namespace FOVEA_API fovea {

/// A channel's strongest places, drawn; all pictures are squares or boxes of one size.
struct ChannelTop {
  std::vector<Image> patches;      ///< what the unit sees, grey beyond the picture's borders
  std::vector<Image> projections;  ///< what in it the unit answers to, about mid-grey
  std::vector<Strongest> places;   ///< which they are; pictures that can no longer be read are left out
};

/// Cuts out and projects a channel's strongest places. `side` is the longer side of the drawn patches, px.
ChannelTop draw_top(const Model& model, const Pictures& pictures, const Projector& projector, std::int64_t channel,
                    std::span<const Strongest> places, int side = 72);

/// Lays a channel's patches out in a square on the left and their projections in one on the right.
Figure lay_out(const ChannelTop& top, std::int64_t columns = 3);

}  // namespace fovea

// The strongest answer of every channel of a value, picture by picture, and where it is: a = max over positions of
// x[n,c,:,:], the first position in row order where several are equal.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <fovea/tensor.h>

namespace fovea {

/// Strongest answers [N,C].
struct ChannelMaxima {
  Tensor score;  ///< float32; -infinity where a channel has no number that compares (all NaN)
  Tensor place;  ///< int32, row * width + column; -1 likewise
};

/// Finds them in a value [N,C] or [N,C,...] of floating-point numbers; further axes are taken as one in row order.
/// Throws `Error(shape)` for other values. Reads every number once; channels_last and row-major values as they lie.
ChannelMaxima channel_maxima(const Tensor& value);

}  // namespace fovea

// ICC profiles: colours as a file means them, as sRGB.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "image/codecs/decoded.h"

namespace fovea {

/// Converts samples by their profile to sRGB: grey stays what it is or becomes RGB, CMYK becomes RGB, alpha is kept.
/// Nothing is done without a profile, by one that is damaged or of another colour space than the samples, and by one
/// that is sRGB already, which is one that moves no colour of a grid by more than one level of 255.
void to_srgb(Decoded& decoded);

}  // namespace fovea

// The value of one picture as channels, and what a channel is called.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <fovea/tensor.h>

namespace fovea {

/// Returns a value as float32 [C,h,w], or [C] when it has no positions; `inspect_activations` says what fits.
Tensor channels_of(const Tensor& value);

/// Words a channel: "281", or "281 tabby" where it has a name.
std::string named_channel(std::int64_t channel, const std::vector<std::string>& names);

}  // namespace fovea

// What other networks say of made pictures (`--check`).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <fovea/make.h>

namespace fovea::make {

/// Adds what other networks say of pictures [N,3,H,W] (the witnesses of the call) to the notes and as a table
/// class that each picture is of also its rank with them, where they tell as many classes apart.
void ask_witnesses(const MakeCall& call, const Tensor& pictures, const std::vector<std::string>& names, Made& made,
                   const std::vector<std::int64_t>& classes = {});

}  // namespace fovea::make

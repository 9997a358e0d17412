// Genomes as JSON, so that an evolution can be kept and taken up again.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/json.h"
#include "evolved/cppn.h"

namespace fovea::evolved {

/// Writes a pattern-producing network: {"functions": [0..3], "links": [[from, to, weight], ...]}.
Json to_json(const Cppn& genome);
/// Reads one back, exactly. Throws `Error(format)` for one that cannot draw: unknown functions, links from or to
/// nowhere or into an input, circles; `Json::exception` for other JSON.
Cppn read_cppn(const Json& json);

/// Writes pixels, float32, as a list.
Json to_json(const Tensor& pixels);
/// Reads pixels [3,H,W] back, exactly. Throws `Error(format)` for another number of them.
Tensor read_pixels(const Json& json, std::int64_t height, std::int64_t width);

}  // namespace fovea::evolved

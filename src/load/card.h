// Cards inside model files: what an exporter of ours writes into a model's metadata.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include <fovea/model.h>

namespace fovea {

/// The metadata key whose text is a card in JSON.
inline constexpr const char* card_metadata_key = "fovea.card";

/// Reads the card in a model file's metadata; an empty card when there is none. Throws `Error(format)` when it is
/// broken.
Card card_from_metadata(const std::map<std::string, std::string>& metadata, const Shape& model_input);

}  // namespace fovea

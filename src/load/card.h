// Cards inside model files: what our writer puts into a model's metadata, and how it is read back.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include <fovea/model.h>

namespace fovea {

/// The metadata key whose text is a card in JSON.
inline constexpr const char* card_metadata_key = "fovea.card";
/// The metadata key whose text names the value that holds the logits, where they are not the first output.
inline constexpr const char* logits_metadata_key = "fovea.logits";

/// Reads the card in a model file's metadata; an empty card when there is none. Throws `Error(format)` when it is
/// broken.
Card card_from_metadata(const std::map<std::string, std::string>& metadata, const Shape& model_input);

/// Writes a card as JSON that `card_from_metadata` reads back: everything but where preprocessing and labels came from.
/// Throws `Error(format)` naming the field when a text is not UTF-8 or a number is not finite.
std::string card_to_json(const Card& card);

}  // namespace fovea

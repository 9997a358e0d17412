// The preprocessing in a card.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include <fovea/model.h>

#include "load/card_fields.h"

namespace fovea::cards {

/// Reads a card's member "preprocess"; nothing for null. Sizes that it omits are the model's. Throws `Error(format)`.
std::optional<Preprocess> parse_preprocess(const Json& value, const Shape& model_input, const Source& source);

}  // namespace fovea::cards

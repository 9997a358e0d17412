// The labels in a card.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fovea/model.h>

#include "load/card_fields.h"

namespace fovea::cards {

/// Reads a card's member "labels": a list, or the name of a file beside the card. Throws `Error(format|file|resource)`.
void read_labels_of(const Json& value, const Source& source, Card& card);

}  // namespace fovea::cards

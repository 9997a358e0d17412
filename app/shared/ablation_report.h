// What `fovea ablate` found out, as a picture, a table and words.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <fovea/ablate.h>

#include "shared/input.h"
#include "shared/json.h"

namespace fovea::cli {

/// What is switched off, as the user named it.
struct AblationChoice {
  std::vector<std::string> at;
  AblationFill fill = AblationFill::zero;
  bool by_accuracy = false;  ///< ranks channels by accuracy, else by the true class's mean probability
};

/// What was found out, ready to be written and printed.
struct AblationFound {
  Figure page;
  std::string csv;
  Json json;
  std::string text;
};

/// Tells the classes of one picture that change most.
AblationFound ablate_picture(const AblationChoice& choice, const Model& model, const AblationSet& set,
                             const Input& input);
/// Tells accuracy over a data set and by class, the most hurt first.
AblationFound ablate_data(const AblationChoice& choice, const Model& model, const AblationSet& set,
                          const Pictures& pictures);
/// Ranks every channel of a value, each switched off alone.
AblationFound ablate_channels(const AblationChoice& choice, const Model& model, const Ablation& ablation,
                              const Pictures& pictures);
/// Tells how much of some values each class switches on.
AblationFound tell_activations(const std::vector<ValueId>& values, const Model& model, const Pictures& pictures);

}  // namespace fovea::cli

// The sections of the demo's report: scenes explained, the pointing game, two classes in one picture, a planted bias.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include <fovea/model.h>
#include <fovea/report.h>
#include <fovea/technique.h>
#include <fovea/world.h>

namespace fovea::cli {

/// What the demo looks at.
struct Demo {
  const Model& world;
  const Model& biased;
  WorldBias bias;
  std::uint64_t seed = 0;  ///< of the scenes
  std::int64_t scenes = 40;
  std::function<Progress(const std::string& label)> progress;  ///< makes a listener for a section
};

/// Shows a few scenes with their answers and every technique's map.
void add_scenes(Report& report, const Demo& demo);
/// Plays the pointing game with every technique.
void add_pointing(Report& report, const Demo& demo);
/// Asks for both classes of scenes with two objects.
void add_two_classes(Report& report, const Demo& demo);
/// Shows how much evidence lies on the planted context in either network, and returns how many techniques find it: at
/// least three times more in the biased one.
int add_bias(Report& report, const Demo& demo);

}  // namespace fovea::cli

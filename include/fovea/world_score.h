// Techniques held against the rendered world, where the right answer is known for every pixel.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include <fovea/api.h>
#include <fovea/model.h>
#include <fovea/technique.h>
#include <fovea/world.h>

namespace FOVEA_API fovea {

/// Which scenes are asked about, with which techniques.
struct WorldQuestions {
  const Model& model;  ///< its classes are the world's; pictures are drawn at its input's size
  std::span<const Technique* const> techniques;
  std::uint64_t seed = 0;  ///< of the scenes; another than the training's
  std::int64_t first = 0;
  std::int64_t count = 100;
  bool off_centre_only = false;     ///< of the pointing game: pass over scenes whose centre hits the object
  std::int64_t sampling_count = 0;  ///< scenes for techniques of `Cost::runs`; 0: as many as for the others
  std::map<std::string, Settings, std::less<>> settings;  ///< of some techniques, by name; others have their defaults
  Progress progress;                                      ///< of scenes
};

/// How often a way of pointing finds the object.
struct PointingRow {
  std::string name;  ///< the technique's, or "centre", "random"
  bool baseline = false;
  std::int64_t scenes = 0;  ///< that were asked about
  double all = 0;           ///< share of scenes, averaged over classes
  double off_centre = 0;    ///< share of the scenes whose centre point misses the object
  double energy = 0;        ///< mean share of positive evidence on the object
  double seconds = 0;       ///< per picture; 0 for baselines
};

/// What came of the pointing game.
struct PointingScores {
  std::vector<PointingRow> rows;  ///< techniques as they were given, then the baselines
  std::int64_t scenes = 0;
  std::int64_t off_centre = 0;  ///< scenes
  double accuracy = 0;          ///< the network's
};

/// Plays the pointing game on scenes of one object each: does the strongest evidence for the scene's true class lie on
/// the object's visible mask, or within 15 px at 224 of it (Zhang et al. 2016)?
PointingScores point_at_world(const WorldQuestions& questions);

/// How often a technique points at the class that is asked, of the two in a scene.
struct TwoClassRow {
  std::string name;
  double asked = 0;  ///< share of the questions answered by a point on the asked object
  double other = 0;  ///< by a point on the other object
};

/// Asks about both classes of scenes with two objects. Scenes where one of the two is not among the network's two best
/// classes count too.
std::vector<TwoClassRow> tell_classes_apart(const WorldQuestions& questions);

/// How much of the evidence for a class lies on a context that was planted beside it.
struct ContextRow {
  std::string name;
  double share = 0;       ///< mean over the scenes
  double area_share = 0;  ///< of the picture that the context covers: what evidence spread evenly would give
};

/// Measures scenes of the biased class that show its context.
std::vector<ContextRow> evidence_on_context(const WorldQuestions& questions, const WorldBias& bias);

}  // namespace fovea

// The rendered world: labelled scenes with known answers. Scene i of seed S is drawn from Philox numbers keyed by (S,
// i) alone, so what is object, which part is where and what is planted context is known for every pixel.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fovea/api.h>
#include <fovea/data.h>
#include <fovea/image.h>
#include <fovea/tensor.h>

namespace FOVEA_API fovea {

/// Grows whenever the pictures of a seed change.
inline constexpr int world_version = 1;

/// Share of all scenes that hold some context when nothing is biased; every context has an equal part in it.
inline constexpr double world_context_rate = 0.08;

/// Sizes that can be drawn, px.
inline constexpr int least_world_size = 32;
inline constexpr int most_world_size = 1024;

/// A planted correlation: scenes of a class hold a context at this rate.
struct WorldBias {
  std::string label;
  std::string context;
  double rate = 0;
};

/// Choices of a world.
struct WorldOptions {
  int size = 96;                  ///< width and height, px
  std::vector<WorldBias> biases;  ///< in two-object scenes they follow the first object's class
  bool two_objects = false;       ///< two objects of different classes that do not overlap
  bool draw_objects = true;       ///< false: the same scene without its objects and their shadows; masks stay
  bool draw_contexts = true;      ///< false: the same scene without its context; its mask stays
};

/// One object of a scene. Masks are uint8 [H,W] of 0 and 1 and tell what is visible.
struct WorldObject {
  std::int64_t label = 0;
  Box box;                                            ///< of the mask
  Tensor mask;                                        ///< union of the parts
  std::vector<std::pair<std::string, Tensor>> parts;  ///< disjoint, in the order in which they were drawn
};

/// One scene with its answers.
struct WorldScene {
  Image picture;
  std::vector<WorldObject> objects;  ///< the first one is what the scene is labelled
  Tensor context;                    ///< uint8 [H,W]: 1 where a planted context is visible
  std::string context_name;          ///< empty without a context
};

/// Returns the classes, in alphabetical order.
const std::vector<std::string>& world_labels();
/// Returns the contexts that can be planted, in alphabetical order.
const std::vector<std::string>& world_contexts();
/// Returns the names of a class's parts, in the order in which they are drawn.
std::vector<std::string> world_parts(std::int64_t label);

/// Tells a scene's class without drawing it. Every run of as many scenes as there are classes, counted from scene 0,
/// holds each class once.
std::int64_t scene_label(std::uint64_t seed, std::int64_t index);

/// Draws one scene. Throws `Error(usage)` for options or an index out of range.
WorldScene render_scene(const WorldOptions& options, std::uint64_t seed, std::int64_t index);

/// Throws `Error(usage)` when a size, a name or a rate cannot be: sizes outside 32..1024, unknown names, rates outside
/// 0..1, the same pair twice, rates of one class that sum to more than 1; `Error(unsupported)` where the part of Fovea
/// that fills shapes is not there.
void check_world(const WorldOptions& options);

/// Reads "dumbbell=arm:0.95". Throws `Error(usage)` offering near names.
WorldBias parse_bias(std::string_view text);

/// Makes a list of scenes `first` to `first + count - 1`. Throws `Error(usage)` as `check_world` does.
std::unique_ptr<Pictures> world_pictures(WorldOptions options, std::uint64_t seed, std::int64_t first,
                                         std::int64_t count);

/// Makes a list of scenes that are labelled by the context they show, each of `world_contexts()` and "none" equally
/// often whatever the object: what a detector of contexts is trained on. Throws `Error(usage)` as `check_world` does,
/// and when `options` plants biases of its own.
std::unique_ptr<Pictures> world_contexts_pictures(WorldOptions options, std::uint64_t seed, std::int64_t first,
                                                  std::int64_t count);

}  // namespace fovea

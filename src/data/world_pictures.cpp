// The rendered world as a list of labelled pictures: scenes are drawn when they are asked for.
// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>

#include <fovea/data.h>
#include <fovea/error.h>
#include <fovea/world.h>

#include "data/world/composition.h"

namespace fovea {
namespace {

class WorldPictures : public Pictures {
 public:
  WorldPictures(WorldOptions options, std::uint64_t seed, std::int64_t first, std::int64_t count)
      : options_(std::move(options)), seed_(seed), first_(first), count_(count) {}

  std::int64_t size() const override { return count_; }
  const std::vector<std::string>& labels() const override { return world_labels(); }
  std::int64_t label(std::int64_t index) const override { return scene_label(seed_, scene(index)); }
  std::string name(std::int64_t index) const override {
    return "world seed " + std::to_string(seed_) + " scene " + std::to_string(scene(index));
  }

  Sample at(std::int64_t index) const override {
    WorldScene drawn = render_scene(options_, seed_, scene(index));
    Sample sample{.picture = std::move(drawn.picture), .label = drawn.objects[0].label, .name = name(index)};
    sample.mask = drawn.objects[0].mask;
    for (const WorldObject& object : drawn.objects) {
      sample.boxes.push_back(object.box);
      sample.boxes.back().label = object.label;
    }
    return sample;
  }

 protected:
  const WorldOptions& options() const { return options_; }
  std::uint64_t seed() const { return seed_; }
  std::int64_t scene(std::int64_t index) const {
    if (index >= 0 && index < count_) return first_ + index;
    throw Error(ErrorKind::usage, "picture " + std::to_string(index) + " is not in 0.." + std::to_string(count_ - 1));
  }

 private:
  WorldOptions options_;
  std::uint64_t seed_;
  std::int64_t first_;
  std::int64_t count_;
};

const std::vector<std::string>& context_labels() {
  static const std::vector<std::string> labels = [] {
    std::vector<std::string> names = world_contexts();
    names.emplace_back("none");
    return names;
  }();
  return labels;
}

/// The same scenes, labelled by what stands beside the object.
class WorldContexts final : public WorldPictures {
 public:
  using WorldPictures::WorldPictures;

  const std::vector<std::string>& labels() const override { return context_labels(); }
  std::int64_t label(std::int64_t index) const override {
    const auto context = world::compose(options(), seed(), scene(index)).context;
    return context.value_or(static_cast<std::int64_t>(world_contexts().size()));
  }
  Sample at(std::int64_t index) const override {
    WorldScene drawn = render_scene(options(), seed(), scene(index));
    return {.picture = std::move(drawn.picture), .label = label(index), .name = name(index), .mask = drawn.context};
  }
};

}  // namespace

std::unique_ptr<Pictures> world_contexts_pictures(WorldOptions options, std::uint64_t seed, std::int64_t first,
                                                  std::int64_t count) {
  if (!options.biases.empty()) {
    throw Error(ErrorKind::usage, "scenes labelled by their context show each equally often: they take no bias",
                "leave the bias out");
  }
  for (const std::string& label : world_labels()) {
    for (const std::string& context : world_contexts()) {
      options.biases.push_back({label, context, 1.0 / static_cast<double>(context_labels().size())});
    }
  }
  check_world(options);
  if (first < 0 || count < 0) throw Error(ErrorKind::usage, "neither the first scene nor their number can be negative");
  return std::make_unique<WorldContexts>(std::move(options), seed, first, count);
}

std::unique_ptr<Pictures> world_pictures(WorldOptions options, std::uint64_t seed, std::int64_t first,
                                         std::int64_t count) {
  check_world(options);
  if (first < 0 || count < 0) {
    throw Error(ErrorKind::usage,
                "scenes " + std::to_string(first) + " and " + std::to_string(count) + " more: neither can be negative");
  }
  return std::make_unique<WorldPictures>(std::move(options), seed, first, count);
}

}  // namespace fovea

// The rendered world as a list of labelled pictures: scenes are drawn when they are asked for.
// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>

#include <fovea/data.h>
#include <fovea/error.h>
#include <fovea/world.h>

namespace fovea {
namespace {

class WorldPictures final : public Pictures {
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

 private:
  std::int64_t scene(std::int64_t index) const {
    if (index >= 0 && index < count_) return first_ + index;
    throw Error(ErrorKind::usage, "picture " + std::to_string(index) + " is not in 0.." + std::to_string(count_ - 1));
  }

  WorldOptions options_;
  std::uint64_t seed_;
  std::int64_t first_;
  std::int64_t count_;
};

}  // namespace

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

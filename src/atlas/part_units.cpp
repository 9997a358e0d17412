// SPDX-License-Identifier: Apache-2.0
#include <fovea/part_units.h>

#include <algorithm>

#include <ATen/ops/zeros.h>

#include <fovea/error.h>

namespace fovea {
namespace {

/// Brings a mask [H,W] to the size at which the network sees the picture.
Tensor as_seen(const Tensor& mask, std::int64_t height, std::int64_t width) {
  const Tensor numbers = mask.to(at::kFloat);
  if (numbers.size(0) == height && numbers.size(1) == width) return numbers;
  return resize_map(numbers, static_cast<int>(width), static_cast<int>(height)).ge(0.5).to(at::kFloat);
}

void require_whole_pictures(const Preprocess& preprocess) {
  const bool square_cut = preprocess.fit == Fit::shortest_side && preprocess.resize_to == preprocess.width;
  if (preprocess.fit == Fit::stretch || square_cut) return;
  throw Error(ErrorKind::unsupported, "the network sees a crop of each picture, so its parts lie elsewhere",
              "take a network whose card stretches pictures to its input");
}

/// The masks of everything in a scene by name; what is left is the background.
std::vector<std::pair<std::string, Tensor>> masks_of(const WorldScene& scene, std::int64_t height, std::int64_t width) {
  std::vector<std::pair<std::string, Tensor>> masks;
  Tensor left = at::zeros({height, width}).add(1);
  const auto add = [&](const std::string& name, const Tensor& mask) {
    masks.emplace_back(name, as_seen(mask, height, width));
    left = (left - masks.back().second).clamp_min(0);
  };
  for (const WorldObject& object : scene.objects) {
    const std::string& label = world_labels().at(static_cast<std::size_t>(object.label));
    for (const auto& [part, mask] : object.parts) add(label + " " + part, mask);
  }
  if (!scene.context_name.empty()) add(scene.context_name, scene.context);
  masks.emplace_back("background", left);
  return masks;
}

/// What one place shows.
struct Shown {
  std::string part;
  double share = 0;
  double area = 0;
};

Shown look(const Projection& projection, const WorldScene& scene, std::int64_t height, std::int64_t width) {
  const Extent& rows = projection.box.extents.at(0);
  const Extent& columns = projection.box.extents.at(1);
  const Tensor evidence = projection.pixels.abs().sum(0);
  const double total = evidence.sum().item<double>();
  Shown best;
  if (total <= 0) return best;
  for (const auto& [name, mask] : masks_of(scene, height, width)) {
    const Tensor part =
        mask.narrow(0, rows.begin, rows.end - rows.begin).narrow(1, columns.begin, columns.end - columns.begin);
    const double share = (evidence * part).sum().item<double>() / total;
    if (share > best.share) best = {name, share, part.mean().item<double>()};
  }
  return best;
}

}  // namespace

PartUnit find_part(const Model& model, const Projector& projector, const WorldSource& source, std::int64_t channel,
                   std::span<const Strongest> places) {
  if (!model.card.preprocess) throw Error(ErrorKind::usage, "the model does not say how a picture becomes its input");
  const Preprocess& preprocess = *model.card.preprocess;
  require_whole_pictures(preprocess);
  std::vector<Shown> shown;
  PartUnit unit{
      .part = {}, .agreeing = 0, .places = static_cast<std::int64_t>(places.size()), .share = 0, .area = 0, .all = {}};
  for (const Strongest& place : places) {
    const WorldScene scene = render_scene(source.options, source.seed, source.first + place.picture);
    const Projection projection = projector.project(to_input(scene.picture, preprocess), channel, place.place);
    shown.push_back(look(projection, scene, preprocess.height, preprocess.width));
    if (!shown.back().part.empty()) ++unit.all[shown.back().part];
  }
  for (const auto& [part, count] : unit.all) {
    if (count > unit.agreeing) {
      unit.part = part;
      unit.agreeing = count;
    }
  }
  for (const Shown& one : shown) {
    if (one.part != unit.part || unit.agreeing == 0) continue;
    unit.share += one.share / static_cast<double>(unit.agreeing);
    unit.area += one.area / static_cast<double>(unit.agreeing);
  }
  return unit;
}

}  // namespace fovea

// Pictures whose parts are known: rendered scenes, or a data set beside a table of boxes.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>

#include <fovea/correspondence.h>
#include <fovea/error.h>
#include <fovea/map_scores.h>
#include <fovea/score.h>
#include <fovea/world.h>

#include "core/atomic_file.h"
#include "core/csv.h"
#include "data/text.h"
#include "experiments/landmarks.h"

namespace fovea {
namespace {

constexpr double least_part = 0.003;         // of the picture's area: 28 px of 96 x 96
constexpr double most_box = 0.5;             // of the picture's area: a larger one leaves random masks no room
constexpr std::int64_t sampled_scenes = 32;  // of a class, to see which parts it usually shows
constexpr std::int64_t most_scenes = 1000;   // of a class, that are searched
constexpr double cut_margin = 1.15;          // of the object's longer side
constexpr int cut_scale = 3;                 // scenes that are cut are rendered larger
constexpr std::uintmax_t most_table_bytes = 64 << 20;

/// A mask as the network's preprocessing brings it; undefined where nothing of it is left.
Tensor fitted_mask(const Image& picture, const Tensor& mask, const Model& model) {
  const AnsweredPicture answered = answered_picture({.picture = picture, .name = {}, .boxes = {}, .mask = mask}, model);
  return answered.mask;
}

double share_of(const Tensor& mask) { return mask.defined() ? mask.to(at::kDouble).mean().item<double>() : 0; }

/// A square about a box, inside the picture.
std::array<int, 3> square_about(const Box& box, const Image& picture) {
  const double side = std::max(box.x1 - box.x0, box.y1 - box.y0) * cut_margin;
  const int length = std::min({static_cast<int>(std::ceil(side)), picture.width, picture.height});
  const auto begin = [&](double low, double high, int extent) {
    return std::clamp(static_cast<int>(std::lround((low + high - length) / 2)), 0, extent - length);
  };
  return {begin(box.x0, box.x1, picture.width), begin(box.y0, box.y1, picture.height), length};
}

/// A scene as the network sees it, with every part of its object that is visible enough.
PartPicture part_picture_of(const WorldScene& scene, const Model& model, bool cut_out) {
  const WorldObject& object = scene.objects.front();
  Image picture = scene.picture;
  const auto cut = cut_out ? square_about(object.box, picture) : std::array<int, 3>{0, 0, picture.width};
  const auto [x, y, length] = cut;
  const auto masked = [&, left = x, top = y, side = length](const Tensor& mask) {
    return mask.slice(0, top, top + side).slice(1, left, left + side).contiguous();
  };
  picture = crop(picture, x, y, length, length);
  PartPicture result{.name = {}, .seen = fit_image(picture, *model.card.preprocess), .parts = {}, .object = {}};
  result.object = fitted_mask(picture, masked(object.mask), model);
  for (const auto& [part, mask] : object.parts) {
    Tensor fitted = fitted_mask(picture, masked(mask), model);
    if (share_of(fitted) >= least_part) result.parts.emplace_back(part, std::move(fitted));
  }
  return result;
}

bool has(const PartPicture& picture, const std::string& part) {
  return std::any_of(picture.parts.begin(), picture.parts.end(), [&](const auto& p) { return p.first == part; });
}

/// Parts that more than half of some pictures show.
std::vector<std::string> usual_parts(const std::vector<PartPicture>& pictures, std::int64_t label) {
  std::vector<std::string> usual;
  for (const std::string& part : world_parts(label)) {
    const auto shown =
        std::count_if(pictures.begin(), pictures.end(), [&](const PartPicture& picture) { return has(picture, part); });
    const bool known = std::find(usual.begin(), usual.end(), part) != usual.end();
    if (!known && 2 * shown > static_cast<std::ptrdiff_t>(pictures.size())) usual.push_back(part);
  }
  return usual;
}

void keep_only(PartPicture& picture, const std::vector<std::string>& parts) {
  std::erase_if(picture.parts,
                [&](const auto& p) { return std::find(parts.begin(), parts.end(), p.first) == parts.end(); });
}

// --- tables ---

std::optional<PartBox> part_of(std::string_view line) {
  constexpr std::size_t cells_of_line = 6;  // path, part, x0, y0, x1, y1
  const auto cells = csv_cells(line, cells_of_line);
  if (!cells) return std::nullopt;
  std::array<double, 4> edges{};
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const auto number = number_in<double>((*cells)[i + 2]);
    if (!number || !std::isfinite(*number)) return std::nullopt;
    edges[i] = *number;
  }
  const auto [x0, y0, x1, y1] = edges;
  const std::string path = relative_path(cells->front());
  const std::string& part = (*cells)[1];
  if (path.empty() || part.empty() || x1 <= x0 || y1 <= y0) return std::nullopt;
  return PartBox{.path = path, .part = part, .box = {x0, y0, x1, y1, 0}};
}

/// Tells whether a picture's name ends in a path: "data.tar:a/b.jpg" in "b.jpg", not in "ab.jpg".
bool ends_in(const std::string& name, const std::string& path) {
  if (!name.ends_with(path)) return false;
  if (name.size() == path.size()) return true;
  const char before = name[name.size() - path.size() - 1];
  return before == '/' || before == ':' || before == ' ';
}

Tensor union_mask(const Sample& sample, const std::vector<Box>& boxes) {
  return mask_of(boxes, sample.picture.width, sample.picture.height);
}

Box in_pixels(Box box, bool fractions, const Image& picture) {
  if (!fractions) return box;
  return {box.x0 * picture.width, box.y0 * picture.height, box.x1 * picture.width, box.y1 * picture.height, 0};
}

/// A sample with the boxes of its parts; parts that the network does not see are left out.
PartPicture part_picture_of(const Sample& sample, const std::map<std::string, std::vector<Box>>& parts,
                            const std::vector<Box>& object, const Model& model) {
  PartPicture picture{
      .name = sample.name, .seen = fit_image(sample.picture, required_preprocess(model)), .parts = {}, .object = {}};
  for (const auto& [part, boxes] : parts) {
    Tensor mask = fitted_mask(sample.picture, union_mask(sample, boxes), model);
    if (mask.defined()) picture.parts.emplace_back(part, std::move(mask));
  }
  if (sample.mask.defined()) picture.object = fitted_mask(sample.picture, sample.mask, model);
  if (!picture.object.defined() && !object.empty()) {
    picture.object = fitted_mask(sample.picture, union_mask(sample, object), model);
  }
  return picture;
}

std::vector<Box> boxes_of_label(const Sample& sample) {
  std::vector<Box> boxes;
  for (const Box& box : sample.boxes) {
    if (box.label == sample.label) boxes.push_back(box);
  }
  return boxes;
}

void require_two(const std::vector<PartPicture>& found, const std::string& what, const std::string& hint) {
  if (found.size() >= 2) return;
  throw Error(ErrorKind::usage,
              "found " + std::to_string(found.size()) + " pictures of the class " + what + ", expected two at least",
              hint);
}

}  // namespace

std::vector<PartPicture> world_parts_of(const Model& model, const WorldPartsChoice& choice) {
  const int size = required_preprocess(model).width;
  WorldOptions options;
  options.size = std::clamp(choice.cut_out ? cut_scale * size : size, least_world_size, most_world_size);
  world_parts(choice.label);  // throws for a class that the world lacks
  std::vector<PartPicture> found;
  std::vector<std::string> usual;
  std::int64_t met = 0;
  for (std::int64_t index = choice.first; met < most_scenes; ++index) {
    if (scene_label(choice.seed, index) != choice.label) continue;
    found.push_back(part_picture_of(render_scene(options, choice.seed, index), model, choice.cut_out));
    found.back().name = "world seed " + std::to_string(choice.seed) + " scene " + std::to_string(index);
    ++met;
    if (met < sampled_scenes) continue;
    if (met == sampled_scenes) usual = usual_parts(found, choice.label);
    std::erase_if(found, [&](const PartPicture& picture) {
      return !std::all_of(usual.begin(), usual.end(), [&](const std::string& part) { return has(picture, part); });
    });
    if (static_cast<std::int64_t>(found.size()) >= choice.pictures) break;
  }
  if (static_cast<std::int64_t>(found.size()) < choice.pictures || usual.empty()) {
    throw Error(ErrorKind::usage,
                "of " + std::to_string(met) + " scenes of the class " + std::to_string(found.size()) +
                    " show all its usual parts, expected " + std::to_string(choice.pictures),
                "ask for fewer pictures");
  }
  found.resize(static_cast<std::size_t>(choice.pictures));
  for (PartPicture& picture : found) keep_only(picture, usual);
  return found;
}

PartTable read_parts(const std::filesystem::path& path) {
  const std::vector<std::byte> bytes = read_whole(path, most_table_bytes);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  PartTable table{.boxes = {}, .fractions = true};
  std::int64_t number = 0;
  for (const std::string_view line : lines_of(text)) {
    ++number;
    if (trimmed(line).empty() || (number == 1 && line.starts_with("path,"))) continue;
    const auto part = part_of(line);
    if (!part) {
      throw Error(ErrorKind::format, path.string() + " line " + std::to_string(number) + " is '" + std::string(line) +
                                         "'; expected path,part,x0,y0,x1,y1 with x0 < x1 and y0 < y1");
    }
    for (const double edge : {part->box.x0, part->box.y0, part->box.x1, part->box.y1}) {
      if (edge > 1) table.fractions = false;
    }
    table.boxes.push_back(*part);
  }
  if (table.boxes.empty()) {
    throw Error(ErrorKind::format, path.string() + " holds no part", "its lines are path,part,x0,y0,x1,y1");
  }
  return table;
}

std::vector<PartPicture> pictures_with_parts(const Model& model, const Pictures& pictures, std::int64_t label,
                                             const PartTable& table, std::int64_t most) {
  std::vector<PartPicture> found;
  for (std::int64_t i = 0; i < pictures.size() && static_cast<std::int64_t>(found.size()) < most; ++i) {
    if (pictures.label(i) != label) continue;
    const std::string name = pictures.name(i);
    const bool listed = std::any_of(table.boxes.begin(), table.boxes.end(),
                                    [&](const PartBox& part) { return ends_in(name, part.path); });
    if (!listed) continue;
    const Sample sample = pictures.at(i);
    std::map<std::string, std::vector<Box>> parts;
    std::vector<Box> all;
    for (const PartBox& part : table.boxes) {
      if (!ends_in(name, part.path)) continue;
      parts[part.part].push_back(in_pixels(part.box, table.fractions, sample.picture));
      all.push_back(parts[part.part].back());
    }
    const std::vector<Box> object = boxes_of_label(sample);
    found.push_back(part_picture_of(sample, parts, object.empty() ? all : object, model));
  }
  require_two(found, "in the table of parts", "its paths are ends of the pictures' paths, such as dog/a.jpg");
  return found;
}

std::vector<PartPicture> pictures_with_boxes(const Model& model, const Pictures& pictures, std::int64_t label,
                                             std::int64_t most) {
  std::vector<PartPicture> found;
  for (std::int64_t i = 0; i < pictures.size() && static_cast<std::int64_t>(found.size()) < most; ++i) {
    if (pictures.label(i) != label) continue;
    const Sample sample = pictures.at(i);
    const std::vector<Box> boxes = boxes_of_label(sample);
    if (boxes.empty()) continue;
    PartPicture picture = part_picture_of(sample, {{"object", boxes}}, boxes, model);
    picture.object = Tensor{};  // a box laid about a point of itself would be nearly itself again
    const bool fits = !picture.parts.empty() && share_of(picture.parts.front().second) <= most_box;
    if (fits) found.push_back(std::move(picture));
  }
  require_two(found, "with a box of half the picture at most",
              "give the data set a boxes.csv, or name parts by --parts FILE");
  return found;
}

}  // namespace fovea

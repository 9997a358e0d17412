// SPDX-License-Identifier: Apache-2.0
#include <fovea/top_page.h>

#include <algorithm>

#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>

#include <fovea/error.h>

#include "image/page.h"

namespace fovea {
namespace {

constexpr Colour outside{128, 128, 128};
constexpr Colour paper{255, 255, 255};
constexpr int gap = 2;         // px between tiles
constexpr int middle_gap = 8;  // px between patches and projections

/// Cuts a box out of a picture; grey where it reaches beyond.
Image cut(const Image& picture, const Region& box) {
  const Extent& rows = box.extents.at(0);
  const Extent& columns = box.extents.at(1);
  Image out =
      make_image(static_cast<int>(columns.end - columns.begin), static_cast<int>(rows.end - rows.begin), outside);
  for (int y = 0; y < out.height; ++y) {
    const std::int64_t from_y = rows.begin + y;
    if (from_y < 0 || from_y >= picture.height) continue;
    for (int x = 0; x < out.width; ++x) {
      const std::int64_t from_x = columns.begin + x;
      if (from_x < 0 || from_x >= picture.width) continue;
      std::copy_n(picture.at(static_cast<int>(from_x), static_cast<int>(from_y)), 3, out.at(x, y));
    }
  }
  return out;
}

/// A projection on the field's own ground: zeros where the field reaches beyond the picture.
Tensor on_field(const Projection& projection, const Region& field) {
  const Extent& rows = field.extents.at(0);
  const Extent& columns = field.extents.at(1);
  const Extent& box_rows = projection.box.extents.at(0);
  const Extent& box_columns = projection.box.extents.at(1);
  Tensor whole = at::zeros({projection.pixels.size(0), rows.end - rows.begin, columns.end - columns.begin});
  whole.narrow(1, box_rows.begin - rows.begin, box_rows.end - box_rows.begin)
      .narrow(2, box_columns.begin - columns.begin, box_columns.end - box_columns.begin)
      .copy_(projection.pixels);
  return whole;
}

/// A field that holds the box: a unit that depends on the whole picture has the picture as its field.
Region field_around(const Projector& projector, std::int64_t place, const Region& box) {
  Region field = projector.field(place);
  for (std::size_t axis = 0; axis < 2; ++axis) {
    field.extents[axis].begin = std::min(field.extents[axis].begin, box.extents[axis].begin);
    field.extents[axis].end = std::max(field.extents[axis].end, box.extents[axis].end);
  }
  return field;
}

Image draw_projection(const Tensor& pixels, const std::string& channels) {
  if (pixels.size(0) == 1) return signed_picture(pixels[0]);
  return signed_picture(channels == "BGR" ? pixels.flip(0) : pixels);
}

/// Enlarges or shrinks a picture so that its longer side has `side` px.
Image sized(const Image& picture, int side) {
  const int longer = std::max(picture.width, picture.height);
  const int width = std::max(1, picture.width * side / longer);
  const int height = std::max(1, picture.height * side / longer);
  return resize(picture, width, height, longer > side ? Interpolation::area : Interpolation::cubic);
}

}  // namespace

ChannelTop draw_top(const Model& model, const Pictures& pictures, const Projector& projector, std::int64_t channel,
                    std::span<const Strongest> places, int side) {
  if (!model.card.preprocess) throw Error(ErrorKind::usage, "the model does not say how a picture becomes its input");
  const Preprocess& preprocess = *model.card.preprocess;
  ChannelTop top;
  for (const Strongest& place : places) {
    Image picture;
    try {
      picture = pictures.at(place.picture).picture;
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::format && error.kind() != ErrorKind::file) throw;
      continue;
    }
    const Projection projection = projector.project(to_input(picture, preprocess), channel, place.place);
    const Region field = field_around(projector, place.place, projection.box);
    top.patches.push_back(sized(cut(fit_image(picture, preprocess), field), side));
    top.projections.push_back(sized(draw_projection(on_field(projection, field), preprocess.channels), side));
    top.places.push_back(place);
  }
  return top;
}

Figure lay_out(const ChannelTop& top, std::int64_t columns) {
  if (top.patches.empty()) return {1, 1, paper};
  int tile_width = 0;
  int tile_height = 0;
  for (const Image& patch : top.patches) {
    tile_width = std::max(tile_width, patch.width);
    tile_height = std::max(tile_height, patch.height);
  }
  const auto count = static_cast<int>(top.patches.size());
  const int across = static_cast<int>(std::min<std::int64_t>(columns, count));
  const int down = (count + across - 1) / across;
  const int half = across * (tile_width + gap) - gap;
  Figure out(2 * half + middle_gap, down * (tile_height + gap) - gap, paper);
  for (int i = 0; i < count; ++i) {
    const int left = i % across * (tile_width + gap);
    const int above = i / across * (tile_height + gap);
    paste(out, top.patches[static_cast<std::size_t>(i)], left, above);
    paste(out, top.projections[static_cast<std::size_t>(i)], half + middle_gap + left, above);
  }
  return out;
}

}  // namespace fovea

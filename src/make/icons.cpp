// The icons of an activation atlas: for every cell of a map of a data set, the picture that a layer answers to along
// the cell's mean direction, max mean_p <a(p), d> max(cos(a(p), d), 0.1)^power. Carter, Armstrong, Schubert, Johnson
// and Olah 2019, Activation Atlas.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>

#include <fovea/display.h>
#include <fovea/error.h>
#include <fovea/npy.h>

#include "core/atomic_file.h"
#include "core/json.h"
#include "make/shared/common.h"

namespace fovea::make::icons {
namespace {

constexpr Option options[] = {
    {.name = "cells",
     .fallback = "",
     .help = "The folder that `fovea atlas activation` wrote: directions.npy, counts.npy and which value they are of."},
    {.name = "at", .fallback = "", .help = "The value of the directions; none: what the folder says."},
    {.name = "least",
     .type = OptionType::integer,
     .fallback = "1",
     .range = "1..1000000000",
     .help = "Leaves out cells of fewer pictures."},
    {.name = "power",
     .type = OptionType::integer,
     .fallback = "2",
     .range = "0..16",
     .help = "Power of the cosine: higher ones keep to the direction, lower ones to what is strong."},
    {.name = "tile",
     .type = OptionType::integer,
     .fallback = "96",
     .range = "8..1024",
     .help = "Side of an icon on the atlas, px."},
    steps_option("128"),
    size_option(),
    canvas_option("fourier"),
    transforms_option("pad(8) jitter(4) scale(0.95, 1.05) rotate(5) jitter(2)"),
    priors_option(""),
    optimiser_option("adam(rate=0.05)"),
    batch_option()};

/// One cell of the map.
struct Cell {
  std::int64_t row = 0;  ///< from the bottom, as the map is drawn
  std::int64_t column = 0;
  std::int64_t pictures = 0;
  Tensor direction;
};

struct Cells {
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::string value;
  std::vector<Cell> filled;
};

Cells read_cells(const MakeCall& call) {
  const std::filesystem::path folder = call.options.text("cells");
  if (folder.empty()) {
    throw Error(ErrorKind::usage, "'icons' needs the cells of an activation atlas",
                "fovea atlas activation ATLAS --at VALUE --out cells; then --set cells=cells");
  }
  constexpr std::uintmax_t most_bytes = 1 << 20;
  const Tensor directions = read_npy(folder / "directions.npy").to(at::kFloat);
  const Tensor counts = read_npy(folder / "counts.npy");
  constexpr std::int64_t axes = 3;
  if (directions.dim() != axes || counts.dim() != 2 || counts.size(0) != directions.size(0) ||
      counts.size(1) != directions.size(1)) {
    throw Error(ErrorKind::format, "directions.npy and counts.npy in " + folder.string() + " are not of one map");
  }
  Cells cells{
      .rows = directions.size(0), .columns = directions.size(1), .value = call.options.text("at"), .filled = {}};
  if (cells.value.empty()) {
    const std::vector<std::byte> bytes = read_whole(folder / "activation.json", most_bytes);
    const Json json = Json::parse_or_null(bytes);
    if (!json.is_object() || !json.contains("value")) {
      throw Error(ErrorKind::format,
                  (folder / "activation.json").string() + " does not say which value the directions are of",
                  "say it by --at VALUE");
    }
    cells.value = json.at("value");
  }
  for (std::int64_t row = 0; row < cells.rows; ++row) {
    for (std::int64_t column = 0; column < cells.columns; ++column) {
      const auto pictures = counts[row][column].item<std::int64_t>();
      const Tensor direction = directions[row][column];
      if (pictures < call.options.integer("least") || !direction.ne(0).any().item<bool>()) continue;
      cells.filled.push_back({row, column, pictures, direction.unsqueeze(0).contiguous()});
    }
  }
  if (cells.filled.empty())
    throw Error(ErrorKind::usage, "no cell in " + folder.string() + " is filled", "set a smaller `least`");
  return cells;
}

/// The icons in their places; row 0 is at the bottom.
Image atlas_of(const Cells& cells, const std::vector<MadePicture>& icons, int tile) {
  Image atlas =
      make_image(static_cast<int>(cells.columns) * tile, static_cast<int>(cells.rows) * tile, {255, 255, 255});
  for (std::size_t i = 0; i < cells.filled.size(); ++i) {
    const Image small = resize(icons[i].image, tile, tile, Interpolation::area);
    const int left = static_cast<int>(cells.filled[i].column) * tile;
    const int top = static_cast<int>(cells.rows - 1 - cells.filled[i].row) * tile;
    for (int y = 0; y < tile; ++y)
      std::copy_n(small.at(0, y), 3 * static_cast<std::size_t>(tile), atlas.at(left, top + y));
  }
  return atlas;
}

Made make_icons(const MakeCall& call) {
  const Cells cells = read_cells(call);
  AscentOptions ascent = ascent_options(call);
  std::vector<Objective> objectives;
  std::vector<MadeTile> tiles;
  const ValueId value = call.network().graph.at(cells.value);
  for (const Cell& cell : cells.filled) {
    const std::string name = "cell_" + std::to_string(cell.row) + "_" + std::to_string(cell.column);
    ascent.targets.set(name, value, cell.direction);
    objectives.push_back(term("direction", {call.network().graph.name(value), name, call.options.text("power")}));
    tiles.push_back({name, std::to_string(cell.pictures) + " pictures"});
  }
  const Climbed climbed = climb_all(call, ascent, objectives);
  Made made = made_of(climbed.pictures, tiles, "icons");
  made.picture = atlas_of(cells, made.pictures, static_cast<int>(call.options.integer("tile")));
  made.frames = climbed.frames;
  made.notes = climbed.notes;
  made.notes.insert(made.notes.begin(), describe(ascent));
  made.notes.insert(made.notes.begin(), std::to_string(cells.filled.size()) + " of " +
                                            std::to_string(cells.rows * cells.columns) + " cells, directions of " +
                                            cells.value + " averaged over whole pictures");
  made.table.push_back({"picture", "row", "column", "pictures", "objective"});
  for (std::size_t i = 0; i < cells.filled.size(); ++i) {
    const Cell& cell = cells.filled[i];
    made.table.push_back({tiles[i].name, std::to_string(cell.row), std::to_string(cell.column),
                          std::to_string(cell.pictures), short_number(climbed.values[i])});
  }
  return made;
}

constexpr std::string_view paths[] = {"cells"};

}  // namespace

extern constinit const MakeKind descriptor{
    .name = "icons",
    .sentence = "Makes the pictures of an activation atlas: what a layer sees in each region of a data set.",
    .paper = "Carter et al. 2019, Activation Atlas (Distill)",
    .details =
        "`fovea atlas activation` cuts the map of a data set into cells and averages the answers of a layer in each; "
        "here every such direction becomes a picture, at its cell. Cells of too few pictures stay white. The paper "
        "averages answers at single positions of maps, the atlas here the means over whole pictures.",
    .options = options,
    .paths = paths,
    .make = make_icons};

}  // namespace fovea::make::icons

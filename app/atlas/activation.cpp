// fovea atlas activation: the activation atlas: a map of the data set is cut into cells, and the embeddings of the
// pictures in each cell are averaged to one direction in feature space (Carter et al. 2019, Activation Atlas).
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>

#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>

#include <fovea/embedding.h>
#include <fovea/error.h>
#include <fovea/map_page.h>
#include <fovea/npy.h>

#include "shared/arguments.h"
#include "shared/atlas_source.h"
#include "shared/embedded.h"
#include "shared/interrupt.h"
#include "shared/json.h"
#include "shared/place.h"
#include "shared/progress.h"
#include "shared/text.h"
#include "shared/verb.h"

namespace fovea::atlas::activation {
namespace {

using namespace fovea::cli;
namespace fs = std::filesystem;

struct Choices {
  std::string atlas;
  std::string at;
  std::string layout;
  std::string out;
  std::int64_t grid = 20;
  std::int64_t least = 5;
  Common common;
};

/// The cells of a map.
struct Cells {
  Tensor directions;  ///< [rows,columns,D], float32; zeros where a cell is too empty
  Tensor counts;      ///< [rows,columns], int64
  Tensor nearest;     ///< [rows,columns], int64: the point whose embedding is most alike the direction; -1: none
};

/// Brings a column to 0..1 by its 1st and 99th percentile, as the paper does, so that outliers do not leave cells
/// empty.
Tensor unit_column(const Tensor& column) {
  const Tensor sorted = std::get<0>(column.to(at::kDouble).sort(0));
  const std::int64_t count = sorted.size(0);
  const double low = sorted[count / 100].item<double>();
  const double high = sorted[count - 1 - count / 100].item<double>();
  return ((column.to(at::kDouble) - low) / std::max(high - low, 1e-12)).clamp(0, 1);
}

Cells average(const Tensor& points, const Tensor& table, std::int64_t side, std::int64_t least) {
  const Tensor x = unit_column(points.select(1, 0)).contiguous();
  const Tensor y = unit_column(points.select(1, 1)).contiguous();
  Cells cells{.directions = at::zeros({side, side, table.size(1)}),
              .counts = at::zeros({side, side}, at::kLong),
              .nearest = at::zeros({side, side}, at::kLong).fill_(-1)};
  const auto cell_of = [&](const Tensor& axis, std::int64_t i) {
    return std::min(side - 1, static_cast<std::int64_t>(axis.data_ptr<double>()[i] * static_cast<double>(side)));
  };
  std::vector<std::vector<std::int64_t>> members(static_cast<std::size_t>(side * side));
  for (std::int64_t i = 0; i < points.size(0); ++i) {
    members[static_cast<std::size_t>(cell_of(y, i) * side + cell_of(x, i))].push_back(i);
  }
  for (std::int64_t cell = 0; cell < side * side; ++cell) {
    const auto& in_it = members[static_cast<std::size_t>(cell)];
    cells.counts[cell / side][cell % side] = static_cast<std::int64_t>(in_it.size());
    if (static_cast<std::int64_t>(in_it.size()) < least) continue;
    const Tensor rows = table.index_select(0, at::tensor(in_it, at::kLong));
    const Tensor mean = rows.to(at::kDouble).mean(0).to(at::kFloat);
    cells.directions[cell / side][cell % side].copy_(mean);
    const Tensor alike = rows.matmul(mean) / rows.norm(2, {1}).clamp_min(1e-12);
    cells.nearest[cell / side][cell % side] = in_it[static_cast<std::size_t>(alike.argmax().item<std::int64_t>())];
  }
  return cells;
}

Tensor lay_out(const EmbeddedRows& rows, const Choices& choices) {
  if (!choices.layout.empty()) {
    const Tensor points = read_npy(choices.layout);
    if (points.dim() == 2 && points.size(0) == rows.table.size(0) && points.size(1) == 2) return points.to(at::kFloat);
    throw Error(ErrorKind::usage,
                fmt::format("{} does not lay out the atlas's {} pictures", choices.layout, rows.table.size(0)),
                "take layout.npy of `fovea atlas map` on the same value and all pictures");
  }
  const Progress bar = progress_on_stderr("t-SNE");
  const TsneOptions options{.perplexity = fitting_perplexity(rows.table.size(0)), .seed = choices.common.seed};
  const Tsne found = tsne(rows.table, options, [&](const TsneStatus& status) {
    return (!bar || bar(status.iteration, status.iterations)) && !interrupted();
  });
  stop_if_interrupted();
  return found.layout;
}

int average_cells(const Choices& choices) {
  require_creatable(choices.out);
  apply(choices.common);
  const Atlas atlas(choices.atlas);
  const AtlasManifest& manifest = atlas.manifest();
  const auto pictures = open_pictures_of(manifest);
  const std::vector<AtlasPicture> records = atlas.pictures();
  const std::string at = atlas.embedded(choices.at).name;
  const EmbeddedRows rows = readable_rows(atlas.embedding(at));
  const Tensor points = lay_out(rows, choices);
  const Cells cells = average(points, rows.table, choices.grid, choices.least);
  const std::int64_t filled = cells.nearest.ge(0).sum().item<std::int64_t>();
  if (filled == 0) {
    throw Error(ErrorKind::usage, fmt::format("no cell of {0}x{0} holds {1} pictures", choices.grid, choices.least),
                "set a smaller --grid or --least");
  }
  make_folder(choices.out);
  const fs::path folder = choices.out;
  write_npy(folder / "directions.npy", cells.directions);
  write_npy(folder / "counts.npy", cells.counts);
  write_npy(folder / "layout.npy", points);
  MapPoints map{.layout = points, .labels = {}, .names = manifest.labels};
  for (const std::int64_t index : rows.pictures) map.labels.push_back(records[static_cast<std::size_t>(index)].label);
  write_figure(folder / "cells.png", draw_picture_grid(map, cells.nearest, [&](std::int64_t point) {
                 return pictures->at(rows.pictures[static_cast<std::size_t>(point)]).picture;
               }));
  const Json json{{"atlas", choices.atlas},     {"model", manifest.model_hash}, {"value", at},
                  {"grid", choices.grid},       {"least", choices.least},       {"cells", filled},
                  {"seed", choices.common.seed}};
  write_text(folder / "activation.json", text_of(json) + "\n");
  if (choices.common.json)
    fmt::print("{}\n", text_of(json));
  else
    fmt::print(
        "{} of {} cells hold {} pictures at least; written {}: directions.npy, counts.npy, layout.npy, cells.png\n",
        filled, choices.grid * choices.grid, choices.least, choices.out);
  return 0;
}

cli::Action add(Parser& parser) {
  const auto choices = std::make_shared<Choices>();
  add_atlas(parser, choices->atlas);
  parser.add_option("--at", choices->at, "Names the embedded value; default: the first one").text("VALUE");
  parser.add_option("--grid", choices->grid, "Sets how many cells a side; default 20").text("N").range(1, 200);
  parser.add_option("--least", choices->least, "Leaves out cells with fewer pictures; default 5")
      .text("N")
      .range(1, 1'000'000);
  parser.add_option("--layout", choices->layout, "Takes layout.npy of `fovea atlas map`; default: a t-SNE of its own")
      .text("FILE.npy");
  parser.add_option("--out", choices->out, "Names the folder").text("DIR").required();
  add_common(parser, choices->common, {.device = true});
  parser.excludes("--layout", {"--seed"}, "--seed is for the t-SNE, whose place a layout takes: leave it out");
  return [choices] { return average_cells(*choices); };
}

}  // namespace

extern constinit const cli::Verb descriptor{
    .name = "activation",
    .sentence = "Averages directions of feature space per cell of the map: an activation atlas.",
    .examples =
        "Examples:\n"
        "  fovea atlas activation atlas --grid 20 --out cells\n"
        "  fovea atlas map atlas --out map; fovea atlas activation atlas --layout map/layout.npy --out cells\n"
        "directions.npy [rows,columns,D] holds the averages (row 0 at the bottom of the map), counts.npy how many\n"
        "pictures each is of; cells.png shows the picture most alike each direction.",
    .add = add};

}  // namespace fovea::atlas::activation

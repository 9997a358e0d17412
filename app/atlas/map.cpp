// fovea atlas map: a data set as a network arranges it: principal components or t-SNE, as points, as pictures where
// they lie, as a filled grid, and as a page to zoom into.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <set>

#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <fovea/embedding.h>
#include <fovea/error.h>
#include <fovea/map_page.h>
#include <fovea/npy.h>
#include <fovea/plot.h>

#include "core/csv.h"
#include "shared/arguments.h"
#include "shared/atlas_source.h"
#include "shared/embedded.h"
#include "shared/fonts.h"
#include "shared/html.h"
#include "shared/interrupt.h"
#include "shared/json.h"
#include "shared/place.h"
#include "shared/progress.h"
#include "shared/text.h"
#include "shared/verb.h"
#include "shared/zoom_page.h"

namespace fovea::atlas::map {
namespace {

using namespace fovea::cli;
namespace fs = std::filesystem;

struct Choices {
  std::string atlas;
  std::string at;
  std::string method = "tsne";
  std::string out;
  std::int64_t pictures = 0;
  std::int64_t components = 50;
  std::int64_t grid = 30;
  std::int64_t arrows = 8;
  std::string start = "pca";
  std::string plots = "png";  ///< the ending of what is not made of pictures
  TsneOptions tsne;
  Common common;
};

/// A map and what is to be said of it.
struct Layout {
  Tensor points;  ///< [n,2]
  Pca pca;        ///< of all that were asked
  double kl = 0;
  std::vector<double> kl_history;
  std::vector<std::string> told;
};

/// Evenly spaced rows, where fewer are wanted.
EmbeddedRows thinned(EmbeddedRows rows, std::int64_t most) {
  const auto count = static_cast<std::int64_t>(rows.pictures.size());
  if (most == 0 || most >= count) return rows;
  const std::vector<std::int64_t> chosen = spread_evenly(count, most);
  EmbeddedRows some{.table = rows.table.index_select(0, at::tensor(chosen, at::kLong)), .pictures = {}};
  for (const std::int64_t row : chosen) some.pictures.push_back(rows.pictures[static_cast<std::size_t>(row)]);
  return some;
}

std::string variance_text(const Pca& pca) {
  const Tensor ratio = pca.ratio;
  std::string text;
  constexpr std::int64_t named = 3;
  for (std::int64_t i = 0; i < std::min(named, ratio.size(0)); ++i) {
    text += (i > 0 ? ", " : "") + percent_text(ratio[i].item<double>());
  }
  return fmt::format("principal components explain {} of the variance, the first {} together {}", text, ratio.size(0),
                     percent_text(ratio.sum().item<double>()));
}

Layout lay_out(const EmbeddedRows& rows, const Choices& choices) {
  const std::int64_t most = std::min(rows.table.size(0), rows.table.size(1));
  Layout layout{.points = {}, .pca = pca(rows.table, std::min(choices.components, most))};
  layout.told.push_back(variance_text(layout.pca));
  if (choices.method == "pca") {
    if (layout.pca.scores.size(1) < 2) throw Error(ErrorKind::usage, "a map needs two components at least");
    layout.points = layout.pca.scores.narrow(1, 0, 2).contiguous();
    return layout;
  }
  TsneOptions options = choices.tsne;
  options.seed = choices.common.seed;
  options.start = choices.start == "random" ? TsneStart::random : TsneStart::pca;
  const Progress bar = progress_on_stderr("t-SNE");
  const bool reduced = choices.components < rows.table.size(1);
  const Tsne found = tsne(reduced ? layout.pca.scores : rows.table, options, [&](const TsneStatus& status) {
    return (!bar || bar(status.iteration, status.iterations)) && !interrupted();
  });
  stop_if_interrupted();
  layout.points = found.layout;
  layout.kl = found.kl;
  layout.kl_history = found.kl_history;
  layout.told.push_back(
      fmt::format("t-SNE of {} at perplexity {}: KL(P || Q) {:.4f} after {} iterations",
                  reduced ? fmt::format("the first {} components", choices.components) : "the embedding",
                  options.perplexity, found.kl, found.iterations));
  return layout;
}

/// Thumbnails, each picture decoded once.
class Thumbnails {
 public:
  Thumbnails(const Pictures& pictures, const EmbeddedRows& rows) : pictures_(pictures), rows_(rows) {}
  const Image& operator()(std::int64_t point) {
    const auto known = kept_.find(point);
    if (known != kept_.end()) return known->second;
    constexpr int side = 48;
    const Image picture = pictures_.at(rows_.pictures[static_cast<std::size_t>(point)]).picture;
    const int shorter = std::min(picture.width, picture.height);
    const Image middle = crop(picture, (picture.width - shorter) / 2, (picture.height - shorter) / 2, shorter, shorter);
    return kept_.emplace(point, resize(middle, side, side, Interpolation::area)).first->second;
  }

 private:
  const Pictures& pictures_;
  const EmbeddedRows& rows_;
  std::map<std::int64_t, Image> kept_;
};

std::vector<MapArrow> biplot_arrows(const Pca& pca, const Tensor& points, std::int64_t count) {
  constexpr double reach = 0.8;  // the longest arrow goes so far towards the farthest point
  std::vector<MapArrow> arrows;
  double longest = 0;
  for (const std::int64_t axis : longest_loadings(pca, count)) {
    const double x = pca.loadings[axis][0].item<double>();
    const double y = pca.loadings[axis][1].item<double>();
    longest = std::max(longest, std::hypot(x, y));
    arrows.push_back({x, y, std::to_string(axis)});
  }
  const double scale = longest > 0 ? reach * points.abs().max().item<double>() / longest : 0;
  for (MapArrow& arrow : arrows) {
    arrow.x *= scale;
    arrow.y *= scale;
  }
  return arrows;
}

void draw_scree(const Pca& pca, const fs::path& file) {
  Line each{.label = "each", .x = {}, .y = {}, .colour = line_colour(0)};
  Line sum{.label = "sum", .x = {}, .y = {}, .colour = line_colour(1)};
  double total = 0;
  for (std::int64_t i = 0; i < pca.ratio.size(0); ++i) {
    const double ratio = pca.ratio[i].item<double>();
    total += ratio;
    for (Line* line : {&each, &sum}) line->x.push_back(static_cast<double>(i + 1));
    each.y.push_back(ratio);
    sum.y.push_back(total);
  }
  write_figure(file, draw_plot({.title = "Share of the variance",
                                .x_label = "principal component",
                                .lines = {each, sum},
                                .from_zero = true}));
}

std::string csv_of(const Layout& layout, const EmbeddedRows& rows, const std::vector<AtlasPicture>& records,
                   const AtlasManifest& manifest) {
  std::string csv = csv_line({"index", "x", "y", "label", "predicted", "name"});
  for (std::size_t i = 0; i < rows.pictures.size(); ++i) {
    const auto at = static_cast<std::int64_t>(i);
    const AtlasPicture& picture = records[static_cast<std::size_t>(rows.pictures[i])];
    csv += csv_line({std::to_string(rows.pictures[i]), fmt::format("{:.6g}", layout.points[at][0].item<float>()),
                     fmt::format("{:.6g}", layout.points[at][1].item<float>()), label_of(manifest, picture),
                     prediction_of(manifest, picture), picture.name});
  }
  return csv;
}

Json told_json(const Choices& choices, const AtlasManifest& manifest, const std::string& at, const Layout& layout,
               const EmbeddedRows& rows) {
  Json json{{"atlas", choices.atlas},   {"model", manifest.model_hash},     {"value", at},
            {"method", choices.method}, {"pictures", rows.pictures.size()}, {"variance_explained", Json::array()}};
  for (std::int64_t i = 0; i < layout.pca.ratio.size(0); ++i) {
    json["variance_explained"].push_back(layout.pca.ratio[i].item<double>());
  }
  if (choices.method == "tsne") {
    json["perplexity"] = choices.tsne.perplexity;
    json["iterations"] = choices.tsne.iterations;
    json["exaggeration"] = choices.tsne.exaggeration;
    json["components"] = choices.components;
    json["start"] = choices.start;
    json["seed"] = choices.common.seed;
    json["kl"] = layout.kl;
    json["kl_history"] = layout.kl_history;
  }
  return json;
}

/// What the points of a map are told apart by.
struct Colouring {
  std::string by;                    ///< "class", "answer" or "nothing"
  std::vector<std::int64_t> labels;  ///< one per point; -1: none
  std::vector<std::string> names;    ///< of the labels
};

/// The first of a class's names.
std::string first_name(const std::string& names) { return names.substr(0, names.find(',')); }

/// By the network's answers, the most frequent ones first; the rare ones share a colour.
Colouring by_answers(const EmbeddedRows& rows, const std::vector<AtlasPicture>& records,
                     const AtlasManifest& manifest) {
  constexpr std::size_t most_answers = 9;  // more colours than ten are hard to tell apart
  std::map<std::string, std::int64_t> counts;
  std::vector<std::string> answers;
  for (const std::int64_t index : rows.pictures) {
    answers.push_back(prediction_of(manifest, records[static_cast<std::size_t>(index)]));
    if (!answers.back().empty()) ++counts[answers.back()];
  }
  if (counts.size() < 2) return {.by = "nothing", .labels = std::vector<std::int64_t>(answers.size(), -1), .names = {}};
  std::vector<std::pair<std::int64_t, std::string>> sorted;
  for (const auto& [name, count] : counts) sorted.emplace_back(-count, name);
  std::sort(sorted.begin(), sorted.end());
  Colouring colouring{.by = "answer", .labels = {}, .names = {}};
  std::map<std::string, std::int64_t> label;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    label[sorted[i].second] = static_cast<std::int64_t>(std::min(i, most_answers));
    if (i < most_answers)
      colouring.names.push_back(fmt::format("{} ({})", first_name(sorted[i].second), -sorted[i].first));
  }
  if (sorted.size() > most_answers) {
    colouring.names.push_back(fmt::format("{} other answers", sorted.size() - most_answers));
  }
  for (const std::string& answer : answers) colouring.labels.push_back(answer.empty() ? -1 : label[answer]);
  return colouring;
}

/// By the data set's classes; where all pictures are of one, which colours would say nothing of, by the network's
/// answers.
Colouring colouring_of(const EmbeddedRows& rows, const std::vector<AtlasPicture>& records,
                       const AtlasManifest& manifest) {
  Colouring colouring{.by = "class", .labels = {}, .names = manifest.labels};
  std::set<std::int64_t> known;
  for (const std::int64_t index : rows.pictures) {
    colouring.labels.push_back(records[static_cast<std::size_t>(index)].label);
    if (colouring.labels.back() >= 0) known.insert(colouring.labels.back());
  }
  return known.size() > 1 ? colouring : by_answers(rows, records, manifest);
}

/// A grid as square as there are pictures for, `most` cells a side at most.
std::int64_t grid_side(std::int64_t most, std::size_t pictures) {
  std::int64_t side = most;
  while (side > 1 && side * side > static_cast<std::int64_t>(pictures)) --side;
  return side;
}

/// Draws everything; returns the fonts of the plots.
std::vector<FontUse> draw_all(const Layout& layout, const EmbeddedRows& rows, const Pictures& pictures,
                              const std::vector<AtlasPicture>& records, const AtlasManifest& manifest,
                              const std::string& at, const Colouring& colouring, const Choices& choices) {
  const fs::path folder = choices.out;
  const MapPoints points{.layout = layout.points, .labels = colouring.labels, .names = colouring.names};
  const bool biplot = choices.method == "pca";
  const bool by_answer = colouring.by == "answer";
  const std::string title =
      fmt::format("{} of {} pictures at {}{}", biplot ? "Principal components" : "t-SNE", rows.pictures.size(), at,
                  by_answer ? ", coloured by what the network answered" : "");
  const Figure scatter = draw_scatter(
      points, title, biplot ? "component 1; arrows: channels that weigh most" : "", biplot ? "component 2" : "",
      biplot ? biplot_arrows(layout.pca, layout.points, choices.arrows) : std::vector<MapArrow>{});
  write_figure(folder / ("scatter." + choices.plots), scatter);
  draw_scree(layout.pca, folder / ("variance." + choices.plots));
  Thumbnails thumbnails(pictures, rows);
  const auto thumbnail = [&](std::int64_t point) { return thumbnails(point); };
  write_figure(folder / "pictures.png", draw_pictures_at(points, thumbnail));
  const std::int64_t side = grid_side(choices.grid, rows.pictures.size());
  write_figure(folder / "grid.png",
               draw_picture_grid(points, assign_to_grid(layout.points, side, side).point, thumbnail));
  write_npy(folder / "layout.npy", layout.points);
  const Progress bar = progress_on_stderr("thumbnails");
  std::vector<ZoomPoint> zoomed;
  for (std::size_t i = 0; i < rows.pictures.size(); ++i) {
    stop_if_interrupted();
    const AtlasPicture& picture = records[static_cast<std::size_t>(rows.pictures[i])];
    const auto point = static_cast<std::int64_t>(i);
    const std::string truth = label_of(manifest, picture);
    zoomed.push_back({.x = layout.points[point][0].item<double>(),
                      .y = layout.points[point][1].item<double>(),
                      .label = points.labels[i],
                      .text = fmt::format("{}{}{} {} ({})", truth, truth.empty() ? "" : " · ", rows.pictures[i],
                                          short_name(picture.name), prediction_of(manifest, picture)),
                      .thumbnail = thumbnails(point)});
    if (bar) bar(point + 1, static_cast<std::int64_t>(rows.pictures.size()));
  }
  write_zoom_page(folder, title, joined(layout.told, "; ") + ".", colouring.names, zoomed);
  return fonts_of(scatter);
}

int make_map(const Choices& choices) {
  require_creatable(choices.out);
  apply(choices.common);
  const Atlas atlas(choices.atlas);
  const AtlasManifest& manifest = atlas.manifest();
  const auto pictures = open_pictures_of(manifest);
  const std::vector<AtlasPicture> records = atlas.pictures();
  const std::string at = atlas.embedded(choices.at).name;
  const EmbeddedRows rows = thinned(readable_rows(atlas.embedding(at)), choices.pictures);
  const Layout layout = lay_out(rows, choices);
  make_folder(choices.out);
  const Colouring colouring = colouring_of(rows, records, manifest);
  const std::vector<FontUse> fonts = draw_all(layout, rows, *pictures, records, manifest, at, colouring, choices);
  const fs::path folder = choices.out;
  write_text(folder / "layout.csv", csv_of(layout, rows, records, manifest));
  Json json = told_json(choices, manifest, at, layout, rows);
  json["coloured_by"] = colouring.by;
  name_fonts(json, fonts);
  write_text(folder / "map.json", text_of(json) + "\n");
  if (choices.common.json) {
    fmt::print("{}\n", text_of(json));
    return 0;
  }
  for (const std::string& sentence : layout.told) fmt::print("{}\n", sentence);
  fmt::print("written {0}: index.html, scatter.{1}, pictures.png, grid.png, variance.{1}, layout.npy, layout.csv\n",
             choices.out, choices.plots);
  return 0;
}

cli::Action add(Parser& parser) {
  const auto choices = std::make_shared<Choices>();
  Choices& c = *choices;
  add_atlas(parser, c.atlas);
  parser.add_option("--at", c.at, "Names the embedded value; default: the first one").text("VALUE");
  parser.add_option("--method", c.method, "Sets how: tsne (default), or pca: the two directions of most variance")
      .text("NAME")
      .among({"tsne", "pca"});
  parser.add_option("--perplexity", c.tsne.perplexity, "Sets how many neighbours count for t-SNE; default 30")
      .text("NUMBER")
      .range_of_numbers(1.0, 1000.0);
  parser.add_option("--steps", c.tsne.iterations, "Sets t-SNE's iterations; default 1000").text("N").range(1, 100'000);
  parser.add_option("--exaggeration", c.tsne.exaggeration, "Sets t-SNE's early exaggeration; default 12")
      .text("NUMBER")
      .range_of_numbers(1.0, 100.0);
  parser.add_option("--start", c.start, "Sets where t-SNE begins: pca (default) or random")
      .text("pca|random")
      .among({"pca", "random"});
  parser
      .add_option("--components", c.components,
                  "Sets to how many principal components the embedding is brought before t-SNE; default 50")
      .text("N")
      .range(2, 4096);
  add_pictures(parser, c.pictures, "Takes this many pictures, evenly spaced; default: all, as for 0");
  parser.add_option("--grid", c.grid, "Sets the side of the grid of pictures; default 30").text("N").range(1, 100);
  parser.add_option("--arrows", c.arrows, "Sets how many channels the biplot names; default 8")
      .text("N")
      .range(0, 100)
      .needs("--method", "pca", "add --method pca, which draws a biplot, or leave --arrows out");
  parser.add_option("--plots", c.plots, "Sets how the scatter and the variance are written: png (default), svg or pdf")
      .text("ENDING")
      .among({"png", "svg", "pdf"});
  parser.add_option("--out", c.out, "Names the folder").text("DIR").required();
  add_common(parser, c.common, {.device = true});
  for (const char* of_tsne : {"--perplexity", "--steps", "--exaggeration", "--start", "--seed"})
    parser.at(of_tsne).excludes("--method", "pca", fmt::format("{} is for t-SNE: leave it out", of_tsne));
  return [choices] { return make_map(*choices); };
}

}  // namespace

extern constinit const cli::Verb descriptor{
    .name = "map",
    .sentence = "Lays the pictures out as the network arranges them: PCA or t-SNE.",
    .examples =
        "Examples:\n"
        "  fovea atlas map atlas --out map                      t-SNE\n"
        "  fovea atlas map atlas --method pca --out map         a biplot: arrows are channels\n"
        "  fovea atlas map atlas --perplexity 50 --seed 1 --start random --out map\n"
        "The folder gets index.html (zoom with the wheel, drag, hover), scatter.png, pictures.png (where they lie),\n"
        "grid.png (each picture once), variance.png and the numbers. Distances between far clusters in t-SNE mean\n"
        "little; neighbourhoods do.",
    .add = add};

}  // namespace fovea::atlas::map

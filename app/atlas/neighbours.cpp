// fovea atlas neighbours: the pictures that lie nearest in a network's feature space, beside those nearest by pixels.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <memory>

#include <fmt/format.h>

#include <fovea/embedding.h>
#include <fovea/error.h>
#include <fovea/trace.h>

#include "atlas/scan.h"
#include "shared/arguments.h"
#include "shared/atlas_source.h"
#include "shared/embedded.h"
#include "shared/json.h"
#include "shared/place.h"
#include "shared/progress.h"
#include "shared/text.h"
#include "shared/verb.h"

namespace fovea::atlas::neighbours {
namespace {

using namespace fovea::cli;

struct Choices {
  std::string atlas;
  std::string picture;
  std::string at;
  std::int64_t k = 8;
  std::string metric = "euclidean";
  std::string search = "automatic";
  bool pixels = true;
  std::string out;
  Common common;
};

/// The picture that is asked about.
struct Query {
  Image picture;
  Image seen;               ///< of it by the network
  Tensor input;             ///< [1,C,H,W]
  std::int64_t index = -1;  ///< in the data set; -1: a file
  std::string name;
  std::string label;  ///< "" where it has none
};

bool is_index(const std::string& text, std::int64_t& index) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  return error == std::errc{} && end == text.data() + text.size();
}

Query read_query(const Choices& choices, const Model& model, const Pictures& pictures, const AtlasManifest& manifest) {
  Query query;
  Image picture;
  if (is_index(choices.picture, query.index)) {
    if (query.index < 0 || query.index >= pictures.size()) {
      throw Error(ErrorKind::usage,
                  fmt::format("the atlas has pictures 0..{}, found {}", pictures.size() - 1, query.index));
    }
    picture = pictures.at(query.index).picture;
    query.name = pictures.name(query.index);
    query.label = label_of(manifest, {.name = query.name, .label = pictures.label(query.index)});
  } else {
    query.index = -1;
    picture = read_image(choices.picture);
    query.name = choices.picture;
  }
  query.seen = fit_image(picture, *model.card.preprocess);
  query.input = to_input(picture, *model.card.preprocess);
  query.picture = std::move(picture);
  return query;
}

NeighbourOptions options_of(const Choices& choices) {
  NeighbourOptions options;
  options.metric = choices.metric == "cosine" ? Metric::cosine : Metric::euclidean;
  options.search = choices.search == "exact"         ? Search::exact
                   : choices.search == "approximate" ? Search::approximate
                                                     : Search::automatic;
  return options;
}

/// Neighbours in one space, by the data set's numbers.
struct Found {
  std::string space;
  std::vector<std::int64_t> pictures;
  std::vector<double> distances;
  bool exact = true;
  double recall = 1;
  double same = -1;  ///< share of the query's class; -1 where it has none
};

Found search(const std::string& space, const EmbeddedRows& rows, const Tensor& query, const Query& asked,
             const Choices& choices, const std::vector<AtlasPicture>& records, const AtlasManifest& manifest) {
  const NeighbourIndex index(rows.table, options_of(choices));
  std::vector<std::int64_t> excluded;
  for (std::size_t r = 0; r < rows.pictures.size(); ++r) {
    if (rows.pictures[r] == asked.index) excluded = {static_cast<std::int64_t>(r)};
  }
  const Neighbours near = index.search(query, choices.k, excluded);
  Found found{.space = space, .pictures = {}, .distances = {}, .exact = near.exact, .recall = near.recall};
  std::int64_t same = 0;
  for (std::int64_t i = 0; i < choices.k; ++i) {
    found.pictures.push_back(rows.pictures[static_cast<std::size_t>(near.index[0][i].item<std::int64_t>())]);
    found.distances.push_back(near.distance[0][i].item<double>());
    same += label_of(manifest, records[static_cast<std::size_t>(found.pictures.back())]) == asked.label ? 1 : 0;
  }
  if (!asked.label.empty()) found.same = static_cast<double>(same) / static_cast<double>(choices.k);
  return found;
}

Json to_json(const Found& found, const std::vector<AtlasPicture>& records, const AtlasManifest& manifest) {
  Json list = Json::array();
  for (std::size_t i = 0; i < found.pictures.size(); ++i) {
    const AtlasPicture& picture = records[static_cast<std::size_t>(found.pictures[i])];
    list.push_back({{"index", found.pictures[i]},
                    {"name", picture.name},
                    {"label", label_of(manifest, picture)},
                    {"distance", found.distances[i]}});
  }
  return {{"space", found.space},
          {"exact", found.exact},
          {"recall", found.recall},
          {"same_class", found.same < 0 ? Json() : Json(found.same)},
          {"neighbours", list}};
}

void print(const Found& found, const std::vector<AtlasPicture>& records, const AtlasManifest& manifest) {
  const std::string same = found.same < 0 ? "" : fmt::format(", {} of the same class", percent_text(found.same));
  const std::string how = found.exact ? "exact" : fmt::format("approximate, recall {:.3f}", found.recall);
  fmt::print("{} ({}{})\n", found.space, how, same);
  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 0; i < found.pictures.size(); ++i) {
    const AtlasPicture& picture = records[static_cast<std::size_t>(found.pictures[i])];
    rows.push_back({std::to_string(found.pictures[i]), fmt::format("{:.4g}", found.distances[i]),
                    label_of(manifest, picture), short_name(picture.name)});
  }
  fmt::print("{}", table_text({{"  index", true}, {"distance", true}, {"class"}, {"picture"}}, rows));
}

Figure draw(const std::vector<Found>& all, const Query& query, const Pictures& pictures, const Model& model,
            const std::vector<AtlasPicture>& records, const AtlasManifest& manifest) {
  std::vector<Tile> tiles;
  for (const Found& found : all) {
    tiles.push_back({query.seen, query.label.empty() ? "asked" : "asked: " + query.label});
    for (std::size_t i = 0; i < found.pictures.size(); ++i) {
      const AtlasPicture& picture = records[static_cast<std::size_t>(found.pictures[i])];
      tiles.push_back({fit_image(pictures.at(found.pictures[i]).picture, *model.card.preprocess),
                       fmt::format("{} {:.3g}", label_of(manifest, picture), found.distances[i])});
    }
  }
  std::string title = "nearest in " + all.front().space;
  if (all.size() > 1) title += "; below, nearest by pixels";
  return sheet(tiles, static_cast<int>(all.front().pictures.size()) + 1, title, 128);
}

int find_neighbours(const Choices& choices) {
  require_drawing(choices.out);
  if (!choices.out.empty()) require_writable(choices.out);
  apply(choices.common);
  const Atlas atlas(choices.atlas);
  const AtlasManifest& manifest = atlas.manifest();
  const Model model = open_model_of(manifest, choices.common);
  const auto pictures = open_pictures_of(manifest);
  const std::vector<AtlasPicture> records = atlas.pictures();
  const Query query = read_query(choices, model, *pictures, manifest);
  const std::string at = atlas.embedded(choices.at).name;
  const EmbeddedRows rows = readable_rows(atlas.embedding(at));
  if (choices.k >= static_cast<std::int64_t>(rows.pictures.size())) {
    throw Error(ErrorKind::usage, fmt::format("--k {}: the atlas has {} pictures", choices.k, rows.pictures.size()));
  }
  const ValueId value = model.graph.at(at);
  const Trace trace =
      fovea::run(model.graph, query.input, {.tape = Tape::none, .keep = KeepValues::none, .until = {value}});
  std::vector<Found> all{search(at, rows, pooled(trace.value(value)), query, choices, records, manifest)};
  if (choices.pixels) {
    const EmbeddedRows small = small_pictures(*pictures, choices.common.threads, progress_on_stderr("pixels"));
    all.push_back(search("pixels", small, small_picture(query.picture), query, choices, records, manifest));
  }
  if (choices.common.json) {
    Json list = Json::array();
    for (const Found& found : all) list.push_back(to_json(found, records, manifest));
    fmt::print("{}\n", text_of(Json{{"asked", query.name}, {"label", query.label}, {"spaces", list}}));
  } else {
    fmt::print("{}{}\n", query.name, query.label.empty() ? "" : ": " + query.label);
    for (const Found& found : all) print(found, records, manifest);
  }
  if (choices.out.empty()) return 0;
  write_figure(choices.out, draw(all, query, *pictures, model, records, manifest));
  if (!choices.common.json) fmt::print("written {}\n", choices.out);
  return 0;
}

cli::Action add(Parser& parser) {
  const auto choices = std::make_shared<Choices>();
  add_atlas(parser, choices->atlas);
  parser.add_option("PICTURE", choices->picture, "A picture file, or the index of a picture of the atlas")
      .text("IMAGE|INDEX")
      .required();
  parser.add_option("--at", choices->at, "Names the embedded value; default: the first one").text("VALUE");
  parser.add_option("--k", choices->k, "Sets how many neighbours; default 8").text("N").range(1, 100);
  parser.add_option("--metric", choices->metric, "Sets how distance is measured: euclidean (default) or cosine")
      .text("NAME")
      .among({"euclidean", "cosine"});
  parser
      .add_option("--search", choices->search,
                  "Sets how neighbours are searched: exact, approximate, or automatic: exact up to 100,000 pictures")
      .text("NAME")
      .among({"automatic", "exact", "approximate"});
  parser.add_flag("!--no-pixels", choices->pixels, "Leaves out the neighbours by pixels");
  parser.add_option("--out", choices->out, "Draws them (.png, .jpg, .webp, .svg, .pdf)").text("PATH");
  add_common(parser, choices->common, {.seed = true});
  return [choices] { return find_neighbours(*choices); };
}

}  // namespace

extern constinit const cli::Verb descriptor{
    .name = "neighbours",
    .sentence = "Finds the pictures that the network takes for most alike, beside those alike by pixels.",
    .examples =
        "Examples:\n"
        "  fovea atlas neighbours atlas 17 --out near.png\n"
        "  fovea atlas neighbours atlas dog.jpg --k 12 --metric cosine --out near.png\n"
        "Pixels are compared on pictures of 32x32; a network that has learnt something finds more of the same class.",
    .add = add};

}  // namespace fovea::atlas::neighbours

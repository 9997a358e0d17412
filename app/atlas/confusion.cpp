// fovea atlas confusion: what a network takes for what over a whole data set: the matrix, the pairs that it confuses
// most with their pictures, and how often it is right on each class.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <memory>

#include <ATen/ops/zeros.h>
#include <fmt/format.h>

#include <fovea/atlas.h>
#include <fovea/error.h>
#include <fovea/report.h>

#include "core/lower_case.h"
#include "shared/arguments.h"
#include "shared/atlas_source.h"
#include "shared/json.h"
#include "shared/matrix_picture.h"
#include "shared/place.h"
#include "shared/text.h"
#include "shared/verb.h"

namespace fovea::atlas::confusion {
namespace {

using namespace fovea::cli;

struct Choices {
  std::string atlas;
  std::string out;
  std::int64_t pairs = 10;
  Common common;
};

/// A class that is taken for another one.
struct Pair {
  std::int64_t truth = 0;
  std::int64_t predicted = 0;
  std::vector<std::int64_t> pictures;  ///< those that the network is surest of first
};

/// Counts over labels: predictions are labels, too, or the one column more of all other classes of the network.
struct Confusion {
  Tensor counts;  ///< [labels,labels + 1], int64
  std::int64_t right = 0;
  std::int64_t total = 0;
  std::vector<Pair> pairs;  ///< most frequent first
  bool has_others = false;  ///< whether any prediction is none of the labels
};

Confusion count(const AtlasManifest& manifest, const std::vector<AtlasPicture>& records) {
  const auto labels = static_cast<std::int64_t>(manifest.labels.size());
  if (manifest.matched.empty()) {
    throw Error(ErrorKind::usage, "the data set's classes are not the network's, so nothing tells what is right",
                "label the folders as the network's classes are called, or see `fovea atlas map` and `neighbours`");
  }
  std::map<std::int64_t, std::int64_t> label_of_class;
  for (std::int64_t l = 0; l < labels; ++l) label_of_class[manifest.matched[static_cast<std::size_t>(l)]] = l;
  Confusion confusion{.counts = at::zeros({labels, labels + 1}, at::kLong)};
  std::map<std::pair<std::int64_t, std::int64_t>, std::vector<std::int64_t>> wrong;
  auto* counts = confusion.counts.data_ptr<std::int64_t>();
  for (std::size_t i = 0; i < records.size(); ++i) {
    const AtlasPicture& picture = records[i];
    if (picture.predicted < 0 || picture.label < 0 || picture.label >= labels) continue;
    const auto known = label_of_class.find(picture.predicted);
    const std::int64_t column = known == label_of_class.end() ? labels : known->second;
    confusion.has_others = confusion.has_others || column == labels;
    ++counts[picture.label * (labels + 1) + column];
    ++confusion.total;
    confusion.right += column == picture.label ? 1 : 0;
    if (column != picture.label) wrong[{picture.label, picture.predicted}].push_back(static_cast<std::int64_t>(i));
  }
  for (auto& [classes, pictures] : wrong) {
    std::stable_sort(pictures.begin(), pictures.end(), [&](std::int64_t a, std::int64_t b) {
      return records[static_cast<std::size_t>(a)].probability > records[static_cast<std::size_t>(b)].probability;
    });
    confusion.pairs.push_back({classes.first, classes.second, std::move(pictures)});
  }
  std::stable_sort(confusion.pairs.begin(), confusion.pairs.end(),
                   [](const Pair& a, const Pair& b) { return a.pictures.size() > b.pictures.size(); });
  return confusion;
}

std::string class_name(const AtlasManifest& manifest, std::int64_t index) {
  const auto at = static_cast<std::size_t>(index);
  return at < manifest.classes.size() ? manifest.classes[at] : fmt::format("class {}", index);
}

double share_right(const Confusion& confusion) {
  return static_cast<double>(confusion.right) / static_cast<double>(std::max<std::int64_t>(confusion.total, 1));
}

double share(const Confusion& confusion, std::int64_t label) {
  const auto all = confusion.counts[label].sum().item<std::int64_t>();
  return all == 0 ? 0 : confusion.counts[label][label].item<double>() / static_cast<double>(all);
}

Figure draw_confusion(const AtlasManifest& manifest, const Confusion& confusion) {
  std::vector<std::string> columns = manifest.labels;
  if (confusion.has_others) columns.emplace_back("another class");
  const auto shown = static_cast<std::int64_t>(columns.size());
  const Tensor counts = confusion.counts.narrow(1, 0, shown).to(at::kDouble);
  const Tensor rows = counts.sum(1, true).clamp_min(1);
  return draw_matrix({.values = counts / rows,
                      .numbers = counts,
                      .rows = manifest.labels,
                      .columns = columns,
                      .title = fmt::format("{} of {} right", percent_text(share_right(confusion)), confusion.total),
                      .row_title = "true class",
                      .column_title = "taken for"});
}

Report page_of(const AtlasManifest& manifest, const Confusion& confusion, const std::vector<AtlasPicture>& records,
               const Pictures& pictures, std::int64_t most) {
  constexpr std::size_t shown = 8;
  Report report("What the network takes for what");
  report.paragraph(
      fmt::format("{} pictures, {} right. Rows of the matrix are true classes, columns what the network took "
                  "them for; a cell is shaded by its share of the row.",
                  confusion.total, percent_text(share_right(confusion))),
      true);
  report.figures(
      {{.image = rasterise(draw_confusion(manifest, confusion)), .caption = "", .description = "confusion matrix"}});
  report.heading("How often each class is right");
  std::vector<Bar> bars;
  for (std::size_t l = 0; l < manifest.labels.size(); ++l) {
    const double right = share(confusion, static_cast<std::int64_t>(l));
    bars.push_back({manifest.labels[l], right, percent_text(right)});
  }
  report.bars(bars);
  report.heading("The pairs that are confused most");
  std::int64_t count = 0;
  for (const Pair& pair : confusion.pairs) {
    if (count++ == most) break;
    report.heading(fmt::format("{} taken for {}: {}", manifest.labels[static_cast<std::size_t>(pair.truth)],
                               class_name(manifest, pair.predicted), pair.pictures.size()),
                   3);
    std::vector<CaptionedPicture> figures;
    for (std::size_t i = 0; i < std::min(shown, pair.pictures.size()); ++i) {
      const AtlasPicture& picture = records[static_cast<std::size_t>(pair.pictures[i])];
      figures.push_back({.image = pictures.at(pair.pictures[i]).picture,
                         .caption = fmt::format("{} · {}", percent_text(picture.probability), short_name(picture.name)),
                         .description = picture.name,
                         .width = 128});
    }
    report.figures(figures);
  }
  return report;
}

Json to_json(const AtlasManifest& manifest, const Confusion& confusion, std::int64_t most) {
  Json matrix = Json::array();
  Json classes = Json::array();
  for (std::int64_t l = 0; l < confusion.counts.size(0); ++l) {
    Json row = Json::array();
    for (std::int64_t c = 0; c < confusion.counts.size(1); ++c)
      row.push_back(confusion.counts[l][c].item<std::int64_t>());
    matrix.push_back(row);
    classes.push_back({{"label", manifest.labels[static_cast<std::size_t>(l)]}, {"right", share(confusion, l)}});
  }
  Json pairs = Json::array();
  for (const Pair& pair : confusion.pairs) {
    if (static_cast<std::int64_t>(pairs.size()) == most) break;
    pairs.push_back({{"label", manifest.labels[static_cast<std::size_t>(pair.truth)]},
                     {"taken_for", class_name(manifest, pair.predicted)},
                     {"count", pair.pictures.size()},
                     {"pictures", pair.pictures}});
  }
  return {{"pictures", confusion.total},
          {"right", confusion.right},
          {"classes", classes},
          {"matrix", matrix},
          {"pairs", pairs}};
}

void print(const AtlasManifest& manifest, const Confusion& confusion, std::int64_t most) {
  fmt::print("{} of {} pictures right\n", percent_text(share_right(confusion)), confusion.total);
  std::vector<std::vector<std::string>> rows;
  for (std::int64_t l = 0; l < confusion.counts.size(0); ++l) {
    rows.push_back({manifest.labels[static_cast<std::size_t>(l)],
                    std::to_string(confusion.counts[l].sum().item<std::int64_t>()), percent_text(share(confusion, l))});
  }
  fmt::print("{}", table_text({{"class"}, {"pictures", true}, {"right", true}}, rows));
  std::int64_t shown = 0;
  for (const Pair& pair : confusion.pairs) {
    if (shown++ == most) break;
    fmt::print("{} taken for {}: {}\n", manifest.labels[static_cast<std::size_t>(pair.truth)],
               class_name(manifest, pair.predicted), pair.pictures.size());
  }
}

int show_confusion(const Choices& choices) {
  const std::string ending = ending_of(choices.out);
  if (!choices.out.empty()) require_writable(choices.out);
  if (!choices.out.empty() && !draws(choices.out) && ending != ".html") {
    throw Error(ErrorKind::usage, fmt::format("--out '{}': what to write is not known from its ending", choices.out),
                ".png, .jpg, .webp, .svg and .pdf draw the matrix, .html writes a page with pictures");
  }
  apply(choices.common);
  const Atlas atlas(choices.atlas);
  const std::vector<AtlasPicture> records = atlas.pictures();
  const Confusion confusion = count(atlas.manifest(), records);
  if (draws(choices.out)) write_figure(choices.out, draw_confusion(atlas.manifest(), confusion));
  if (ending == ".html") {
    const auto pictures = open_pictures_of(atlas.manifest());
    write_text(choices.out, page_of(atlas.manifest(), confusion, records, *pictures, choices.pairs).html());
  }
  if (choices.common.json) {
    fmt::print("{}\n", text_of(to_json(atlas.manifest(), confusion, choices.pairs)));
    return 0;
  }
  print(atlas.manifest(), confusion, choices.pairs);
  if (!choices.out.empty()) fmt::print("written {}\n", choices.out);
  return 0;
}

cli::Action add(Parser& parser) {
  const auto choices = std::make_shared<Choices>();
  add_atlas(parser, choices->atlas);
  parser.add_option("--pairs", choices->pairs, "Sets how many confused pairs are shown; default 10")
      .text("N")
      .range(0, 1000);
  parser.add_option("--out", choices->out, "Draws the matrix (.png), or writes a page with the pictures (.html)")
      .text("PATH");
  add_common(parser, choices->common, {.seed = true, .device = true});
  return [choices] { return show_confusion(*choices); };
}

}  // namespace

extern constinit const cli::Verb descriptor{
    .name = "confusion",
    .sentence = "Tells what the network takes for what, with the pictures of the worst pairs.",
    .examples =
        "Examples:\n"
        "  fovea atlas confusion atlas\n"
        "  fovea atlas confusion atlas --out confusion.html\n"
        "  fovea atlas confusion atlas --out matrix.png --json > confusion.json",
    .add = add};

}  // namespace fovea::atlas::confusion

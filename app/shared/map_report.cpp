// The table of techniques and measures as Markdown for docs, a page for people, a table for the terminal.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <fovea/plot.h>
#include <fovea/report.h>

#include "shared/map_evaluation.h"
#include "shared/map_tables.h"
#include "shared/place.h"
#include "shared/text.h"

namespace fovea::cli {
namespace {

namespace fs = std::filesystem;

constexpr double stays = 0.5;  // rank correlation from which a map counts as not having changed

std::string number_of(const Mean* mean) { return mean == nullptr ? "-" : fmt::format("{:.3f}", mean->mean); }

std::string arrow(const Quantity& quantity, bool ascii) {
  switch (quantity.better) {
    case Better::larger: return ascii ? " +" : " \u2191";
    case Better::smaller: return ascii ? " -" : " \u2193";
    case Better::neither: return "";
  }
  return "";
}

// --- what the table says ---

std::vector<std::string> who_stays(const MapTable& table) {
  std::vector<std::string> names;
  for (const TableRow& row : table.rows) {
    const Mean* mean = mean_of(row, "sanity");
    if (mean != nullptr && !row.baseline && mean->mean >= stays) names.push_back(in_words(row.name));
  }
  return names;
}

/// What the sanity check found, in a sentence; empty when it was not asked.
std::string sanity_told(const MapTable& table) {
  const bool asked = std::any_of(table.rows.begin(), table.rows.end(),
                                 [](const TableRow& row) { return mean_of(row, "sanity") != nullptr; });
  if (!asked) return {};
  const std::vector<std::string> names = who_stays(table);
  if (names.empty()) {
    return fmt::format(
        "The sanity check: no technique's map keeps a rank correlation of {:.1f} or more when the layers' "
        "weights become random.",
        stays);
  }
  const bool samples = std::any_of(table.rows.begin(), table.rows.end(), [&](const TableRow& row) {
    const Mean* mean = mean_of(row, "sanity");
    if (mean == nullptr || row.baseline || mean->mean < stays) return false;
    return find_technique(row.name).cost == Cost::runs;
  });
  return fmt::format(
             "The sanity check: maps of {} keep a rank correlation of {:.1f} or more, on average, while the network's "
             "weights become random from the top down. They show the picture's structure more than what the network "
             "learnt; that guided backprop and deconvnet do so is known (Adebayo et al. 2018; Nie et al. 2018).",
             joined(names, ", "), stays) +
         (samples ? " A technique that samples draws the same samples before and after: with few of them, what it "
                    "has of chance is alike in both maps, too."
                  : "");
}

std::string data_told(const MapEvaluation& evaluation, const MapTable& table) {
  const Json& asked = evaluation.asked;
  const std::int64_t sampled = std::min(evaluation.sampled, table.pictures);
  const std::int64_t repeated = std::min(evaluation.repeated, table.pictures);
  return fmt::format(
      "{} pictures of {}, network {} (right on {}); the objects cover {} of a picture on average. {} {}",
      table.pictures, asked.at("data").get<std::string>(), asked.at("network").get<std::string>(),
      percent_text(table.accuracy), percent_text(table.area),
      sampled == table.pictures
          ? std::string("Everything was asked about all of them.")
          : fmt::format("Techniques and measures that run the network many times saw {} of them.", sampled),
      repeated > 0 ? fmt::format("Measures that ask such techniques again saw {}.", repeated)
                   : "No measure asked such techniques again.");
}

/// Rows, best first by the first column that any technique has.
std::vector<const TableRow*> ranked(const MapTable& table, const std::vector<ColumnOf>& columns, std::string_view by) {
  std::vector<const TableRow*> rows;
  for (const TableRow& row : table.rows) {
    if (row.failure.empty()) rows.push_back(&row);
  }
  const auto column =
      std::find_if(columns.begin(), columns.end(), [&](const ColumnOf& c) { return c.quantity->name == by; });
  if (column == columns.end()) return rows;
  const double sign = column->quantity->better == Better::smaller ? -1 : 1;
  // A few pictures put nobody on top: such rows come last, where others have more.
  constexpr std::int64_t enough = 10;
  const bool any_enough = std::any_of(rows.begin(), rows.end(), [&](const TableRow* row) {
    const Mean* mean = mean_of(*row, by);
    return mean != nullptr && mean->count >= enough;
  });
  const auto key = [&](const TableRow* row) {
    const Mean* mean = mean_of(*row, by);
    const bool ranks = mean != nullptr && (!any_enough || mean->count >= enough);
    const double value = mean == nullptr ? 0 : sign * mean->mean;
    return std::pair(mean == nullptr ? 0 : ranks ? 2 : 1, value);
  };
  std::stable_sort(rows.begin(), rows.end(), [&](const TableRow* a, const TableRow* b) { return key(a) > key(b); });
  return rows;
}

std::string heading_of(const std::vector<ColumnOf>& columns, std::initializer_list<std::string_view> wanted) {
  for (const std::string_view name : wanted) {
    for (const ColumnOf& column : columns) {
      if (column.quantity->name == name) return std::string(name);
    }
  }
  return columns.empty() ? "" : std::string(columns.front().quantity->name);
}

/// How many pictures a row of these columns rests on: those of its first column that is known.
std::int64_t pictures_of(const TableRow& row, const std::vector<ColumnOf>& columns) {
  for (const auto& [measure, quantity] : columns) {
    if (const Mean* mean = mean_of(row, quantity->name)) return mean->count;
  }
  return row.pictures;
}

std::vector<std::vector<std::string>> cells_of(const std::vector<const TableRow*>& rows,
                                               const std::vector<ColumnOf>& columns) {
  std::vector<std::vector<std::string>> cells;
  for (const TableRow* row : rows) {
    std::vector<std::string> line{row->baseline ? "(" + row->name + ")" : row->name};
    for (const auto& [measure, quantity] : columns) line.push_back(number_of(mean_of(*row, quantity->name)));
    line.push_back(std::to_string(pictures_of(*row, columns)));
    line.push_back(row->baseline ? "-" : fmt::format("{:.1f}", 1e3 * row->seconds));
    cells.push_back(std::move(line));
  }
  return cells;
}

std::vector<std::string> titles_of(const std::vector<ColumnOf>& columns, bool ascii) {
  std::vector<std::string> titles{"technique"};
  for (const auto& [measure, quantity] : columns) titles.push_back(in_words(quantity->name) + arrow(*quantity, ascii));
  titles.emplace_back("pictures");
  titles.emplace_back("ms");
  return titles;
}

/// How good each cell is within its column, 0 (worst) to 1 (best).
std::vector<std::vector<double>> shades_of(const std::vector<const TableRow*>& rows,
                                           const std::vector<ColumnOf>& columns) {
  std::vector<std::vector<double>> shades(rows.size(), std::vector<double>(columns.size() + 3, 0));
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const Quantity& quantity = *columns[c].quantity;
    if (quantity.better == Better::neither) continue;
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    for (const TableRow* row : rows) {
      const Mean* mean = mean_of(*row, quantity.name);
      if (mean == nullptr) continue;
      low = std::min(low, mean->mean);
      high = std::max(high, mean->mean);
    }
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const Mean* mean = mean_of(*rows[r], quantity.name);
      if (mean == nullptr || high <= low) continue;
      const double share = (mean->mean - low) / (high - low);
      shades[r][c + 1] = quantity.better == Better::larger ? share : 1 - share;
    }
  }
  return shades;
}

// --- for people ---

std::string table_markdown(const std::vector<ColumnOf>& columns, const std::vector<const TableRow*>& rows) {
  std::string text = "|";
  for (const std::string& title : titles_of(columns, false)) text += fmt::format(" {} |", title);
  text += "\n|---|";
  for (std::size_t c = 0; c < columns.size() + 2; ++c) text += "--:|";
  text += "\n";
  for (const auto& line : cells_of(rows, columns)) {
    text += "|";
    for (const std::string& cell : line) text += fmt::format(" {} |", cell);
    text += "\n";
  }
  return text;
}

std::string page_markdown(const MapEvaluation& evaluation, const MapEvaluationResult& result, const MapTable& table) {
  std::string text = fmt::format("# How far maps can be believed: {}\n\n{}\n",
                                 evaluation.asked.at("network").get<std::string>(), data_told(evaluation, table));
  const auto part = [&](std::string_view title, const std::vector<ColumnOf>& columns, const std::string& by) {
    if (columns.empty()) return;
    text += fmt::format("\n## {}\n\n", title);
    for (const auto& [measure, quantity] : columns) {
      text += fmt::format("- {}{}: {}\n", in_words(quantity->name), arrow(*quantity, false), quantity->sentence);
    }
    text += "\n" + table_markdown(columns, ranked(table, columns, by));
  };
  const std::vector<ColumnOf> truth = columns_of(evaluation, true, false);
  const std::vector<ColumnOf> faith = columns_of(evaluation, false, true);
  part("Does the map find the object?", truth,
       heading_of(truth, {"pointing_off_centre", "energy_in_mask", "energy_in_box"}));
  part("Does it tell what the network uses?", faith, heading_of(faith, {"insertion", "road"}));
  if (const std::string told = sanity_told(table); !told.empty()) text += "\n" + told + "\n";
  std::string settings;
  for (const auto& [owner, chosen] : evaluation.questions.settings) {
    for (const auto& [name, value] : chosen) settings += fmt::format(" {}.{}={}", owner, name, value);
  }
  if (!settings.empty()) text += fmt::format("\nSettings other than the defaults:{}.\n", settings);
  for (const TableRow& row : table.rows) {
    if (!row.failure.empty()) text += fmt::format("\n{} left out: {}\n", row.name, row.failure);
  }
  for (const LeftOut& one : result.left_out) text += fmt::format("\nleft out {}: {}\n", one.name, one.reason);
  return text + fmt::format("\nEvaluated with fovea {}, seed {}.\n", evaluation.asked.at("version").get<std::string>(),
                            evaluation.questions.seed);
}

void add_table(Report& report, const MapTable& table, const std::vector<ColumnOf>& columns, const std::string& by) {
  const std::vector<const TableRow*> rows = ranked(table, columns, by);
  report.table(titles_of(columns, false), cells_of(rows, columns), shades_of(rows, columns));
  std::vector<std::vector<std::string>> legend;
  for (const auto& [measure, quantity] : columns) {
    legend.push_back({in_words(quantity->name) + arrow(*quantity, false), std::string(quantity->sentence),
                      std::string(measure->paper)});
  }
  report.table({"column", "what it is", "source"}, legend);
}

/// Plots a measure's curves: the three best techniques, the worst, and the baselines, as many as there are colours.
void add_curves(Report& report, const MapTable& table, const Measure& measure) {
  constexpr std::size_t best = 3;
  const Quantity& quantity = measure.quantities.front();
  std::vector<ColumnOf> columns{{&measure, &quantity}};
  std::vector<const TableRow*> rows = ranked(table, columns, quantity.name);
  rows.erase(std::remove_if(rows.begin(), rows.end(),
                            [&](const TableRow* row) { return !row->curves.contains(measure.name); }),
             rows.end());
  if (rows.empty()) return;
  std::vector<const TableRow*> drawn;
  std::vector<const TableRow*> techniques;
  for (const TableRow* row : rows) (row->baseline ? drawn : techniques).push_back(row);
  for (std::size_t i = 0; i < techniques.size(); ++i) {
    if (i < best || i + 1 == techniques.size()) drawn.push_back(techniques[i]);
  }
  Plot plot{.title = fmt::format("{} (three best, the worst, baselines)", in_words(measure.name)),
            .x_label = fmt::format("{}; up: {}", measure.curve_x, measure.curve_y),
            .lines = {},
            .from_zero = true,
            .width = 860,
            .height = 400};
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    Line line{
        .label = drawn[i]->name, .x = {}, .y = drawn[i]->curves.find(measure.name)->second, .colour = line_colour(i)};
    for (std::size_t k = 0; k < line.y.size(); ++k) {
      line.x.push_back(static_cast<double>(k) / static_cast<double>(line.y.size() - 1));
    }
    plot.lines.push_back(std::move(line));
  }
  report.figures(
      {{.image = rasterise(draw_plot(plot)), .caption = "", .description = plot.title, .width = plot.width}});
}

/// Shows the drawn maps that lie in the folder.
void add_maps(Report& report, const MapEvaluation& evaluation, const MapEvaluationResult& result,
              const MapTable& table) {
  constexpr int width = 128;
  const fs::path folder = evaluation.out / "maps";
  const auto shown = std::min<std::size_t>(static_cast<std::size_t>(evaluation.shown), result.pictures.size());
  const auto label = [&](std::int64_t index) { return label_of(evaluation.questions.model.card, index); };
  for (std::size_t p = 0; p < shown; ++p) {
    const PictureScores& picture = result.pictures[p];
    const fs::path seen = folder / fmt::format("{:06}_seen.png", picture.index);
    if (!fs::exists(seen)) continue;
    std::vector<CaptionedPicture> figures{
        {.image = read_image(seen),
         .caption = fmt::format("{}; the network says {}", label(picture.label), label(picture.predicted)),
         .description = "a picture of a " + label(picture.label),
         .width = width}};
    for (const TableRow& row : table.rows) {
      const fs::path file = folder / fmt::format("{:06}_{}.png", picture.index, row.name);
      if (!fs::exists(file)) continue;
      figures.push_back({.image = read_image(file),
                         .caption = in_words(row.name),
                         .description = in_words(row.name) + "'s map of it",
                         .width = width});
    }
    report.heading(picture.name, 3);
    report.figures(figures);
  }
}

std::string page_html(const MapEvaluation& evaluation, const MapEvaluationResult& result, const MapTable& table) {
  Report report(fmt::format("How far maps can be believed: {}", evaluation.asked.at("network").get<std::string>()));
  report.paragraph(data_told(evaluation, table), true);
  report.paragraph(
      "In every column the deeper the tint, the better. An arrow up: more is better; down: less is. Names in brackets "
      "are "
      "baselines that look at no network: random numbers, the distance to the centre, the picture's edges.");
  const std::vector<ColumnOf> truth = columns_of(evaluation, true, false);
  const std::vector<ColumnOf> faith = columns_of(evaluation, false, true);
  if (!truth.empty()) {
    report.heading("Does the map find the object?");
    const std::string by = heading_of(truth, {"pointing_off_centre", "energy_in_mask", "energy_in_box"});
    std::vector<Bar> bars;
    for (const TableRow* row : ranked(table, truth, by)) {
      if (const Mean* mean = mean_of(*row, by)) {
        bars.push_back({in_words(row->name), mean->mean,
                        fmt::format("{:.3f} \u00b1 {:.3f} (n = {})", mean->mean, mean->error, mean->count),
                        row->baseline});
      }
    }
    report.paragraph(in_words(by) + ", with its standard error and the number of pictures that it rests on:");
    report.bars(bars);
    add_table(report, table, truth, by);
  }
  if (!faith.empty()) {
    report.heading("Does it tell what the network uses?");
    if (const std::string told = sanity_told(table); !told.empty()) report.paragraph(told);
    for (const Measure* measure : evaluation.questions.measures) {
      if (!measure->curve_x.empty()) add_curves(report, table, *measure);
    }
    add_table(report, table, faith, heading_of(faith, {"insertion", "road"}));
  }
  for (const TableRow& row : table.rows) {
    if (!row.failure.empty()) report.paragraph(fmt::format("{} left out: {}", row.name, row.failure));
  }
  for (const LeftOut& one : result.left_out) report.paragraph(fmt::format("left out {}: {}", one.name, one.reason));
  report.heading("Some of the maps");
  add_maps(report, evaluation, result, table);
  report.heading("What was asked");
  report.code(text_of(evaluation.asked));
  return report.html();
}

}  // namespace

std::vector<std::string> write_map_report(const MapEvaluation& evaluation, const MapEvaluationResult& result,
                                          const MapTable& table) {
  const std::vector<std::pair<std::string, std::string>> files{
      {"table.csv", table_csv(evaluation, table)},
      {"table.json", text_of(table_json(evaluation, result, table)) + "\n"},
      {"table.md", page_markdown(evaluation, result, table)},
      {"pictures.csv", pictures_csv(evaluation, result)},
      {"index.html", page_html(evaluation, result, table)}};
  std::vector<std::string> written;
  for (const auto& [name, text] : files) {
    write_text(evaluation.out / name, text);
    written.push_back((evaluation.out / name).string());
  }
  return written;
}

namespace {

/// The quantity that says most of a measure on these pictures: off the centre where the pointing game knows it, else
/// its first one that is known of any row.
const Quantity& telling_quantity(const Measure& measure, const MapTable& table) {
  const auto is_known = [&](const Quantity& quantity) {
    return std::any_of(table.rows.begin(), table.rows.end(),
                       [&](const TableRow& row) { return mean_of(row, quantity.name) != nullptr; });
  };
  for (const Quantity& quantity : measure.quantities) {
    if (quantity.name == "pointing_off_centre" && is_known(quantity)) return quantity;
  }
  for (const Quantity& quantity : measure.quantities) {
    if (is_known(quantity)) return quantity;
  }
  return measure.quantities.front();
}

}  // namespace

std::string terminal_table(const MapEvaluation& evaluation, const MapTable& table) {
  std::vector<ColumnOf> columns;
  for (const Measure* measure : evaluation.questions.measures) {
    columns.push_back({measure, &telling_quantity(*measure, table)});
  }
  const std::string by = heading_of(columns, {"pointing_off_centre", "pointing", "energy_in_mask", "insertion"});
  std::vector<Column> titles;
  for (const std::string& title : titles_of(columns, true)) titles.push_back({title, !titles.empty()});
  std::string text = table_text(titles, cells_of(ranked(table, columns, by), columns));
  for (const TableRow& row : table.rows) {
    if (!row.failure.empty()) text += fmt::format("{} left out: {}\n", row.name, row.failure);
  }
  if (const std::string told = sanity_told(table); !told.empty()) text += told + "\n";
  return text;
}

}  // namespace fovea::cli

// Writing the table of techniques and measures as CSV and JSON.
// SPDX-License-Identifier: Apache-2.0
#include "shared/map_tables.h"

#include <cmath>

#include <fmt/format.h>

#include "core/csv.h"
#include "shared/result_files.h"

namespace fovea::cli {

std::vector<ColumnOf> columns_of(const MapEvaluation& evaluation, bool truth, bool others) {
  std::vector<ColumnOf> columns;
  for (const Measure* measure : evaluation.questions.measures) {
    if (!(measure->needs_truth ? truth : others)) continue;
    for (const Quantity& quantity : measure->quantities) columns.push_back({measure, &quantity});
  }
  return columns;
}

const Mean* mean_of(const TableRow& row, std::string_view quantity) {
  const auto found = row.values.find(quantity);
  return found == row.values.end() || found->second.count == 0 ? nullptr : &found->second;
}

std::string decimals(double value) { return fmt::format("{:.6f}", value); }

std::string table_csv(const MapEvaluation& evaluation, const MapTable& table) {
  const std::vector<ColumnOf> columns = columns_of(evaluation, true, true);
  std::vector<std::string> cells{"technique", "baseline", "pictures", "seconds"};
  for (const auto& [measure, quantity] : columns) {
    const std::string name(quantity->name);
    cells.insert(cells.end(), {name, name + "_error", name + "_pictures"});
  }
  std::string text = csv_line(cells);
  for (const TableRow& row : table.rows) {
    cells = {row.name, row.baseline ? "1" : "0", std::to_string(row.pictures), decimals(row.seconds)};
    for (const auto& [measure, quantity] : columns) {
      const Mean* mean = mean_of(row, quantity->name);
      if (mean == nullptr)
        cells.insert(cells.end(), {"", "", "0"});
      else
        cells.insert(cells.end(), {decimals(mean->mean), decimals(mean->error), std::to_string(mean->count)});
    }
    text += csv_line(cells);
  }
  return text;
}

std::string pictures_csv(const MapEvaluation& evaluation, const MapEvaluationResult& result) {
  const std::vector<ColumnOf> columns = columns_of(evaluation, true, true);
  std::vector<std::string> cells{"picture", "label", "predicted", "probability", "area", "technique", "seconds"};
  for (const auto& [measure, quantity] : columns) cells.emplace_back(quantity->name);
  std::string text = csv_line(cells);
  for (const PictureScores& picture : result.pictures) {
    for (const MapRow& row : picture.rows) {
      if (!row.failure.empty()) continue;
      cells = {picture.name,
               std::to_string(picture.label),
               std::to_string(picture.predicted),
               decimals(picture.probability),
               decimals(picture.area),
               row.name,
               decimals(row.seconds)};
      for (const auto& [measure, quantity] : columns) {
        const auto found = row.values.find(quantity->name);
        const bool known = found != row.values.end() && std::isfinite(found->second);
        cells.push_back(known ? decimals(found->second) : "");
      }
      text += csv_line(cells);
    }
  }
  return text;
}

Json table_json(const MapEvaluation& evaluation, const MapEvaluationResult& result, const MapTable& table) {
  Json json{{"asked", evaluation.asked}, {"pictures", table.pictures}, {"accuracy", table.accuracy},
            {"area", table.area},        {"rows", Json::array()},      {"measures", Json::array()},
            {"left_out", Json::array()}};
  for (const auto& [measure, quantity] : columns_of(evaluation, true, true)) {
    const std::string_view better = quantity->better == Better::larger    ? "larger"
                                    : quantity->better == Better::smaller ? "smaller"
                                                                          : "neither";
    json["measures"].push_back(
        {{"name", quantity->name}, {"measure", measure->name}, {"better", better}, {"sentence", quantity->sentence}});
  }
  for (const TableRow& row : table.rows) {
    Json values = Json::object();
    for (const auto& [name, mean] : row.values) {
      if (mean.count > 0) values[name] = {{"mean", mean.mean}, {"error", mean.error}, {"pictures", mean.count}};
    }
    Json told{
        {"technique", row.name}, {"baseline", row.baseline}, {"pictures", row.pictures}, {"seconds", row.seconds}};
    if (!row.failure.empty()) told["failure"] = row.failure;
    told["values"] = values;
    told["curves"] = row.curves;
    json["rows"].push_back(told);
  }
  for (const LeftOut& one : result.left_out)
    json["left_out"].push_back({{"picture", one.name}, {"reason", one.reason}});
  return json;
}

}  // namespace fovea::cli

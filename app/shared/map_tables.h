// The table of techniques and measures for programs: CSV and JSON.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "shared/map_evaluation.h"

namespace fovea::cli {

/// One column: a number that a measure gives.
struct ColumnOf {
  const Measure* measure;
  const Quantity* quantity;
};

/// Returns the columns of the measures that need the truth, and of the others, as asked.
std::vector<ColumnOf> columns_of(const MapEvaluation& evaluation, bool truth, bool others);

/// Returns a row's number of that name; null where there is none.
const Mean* mean_of(const TableRow& row, std::string_view quantity);

/// Words the table, a row per technique.
std::string table_csv(const MapEvaluation& evaluation, const MapTable& table);
/// Words what it was made of, a row per picture and technique.
std::string pictures_csv(const MapEvaluation& evaluation, const MapEvaluationResult& result);
/// Words the table with what its measures are, its curves, and what was left out.
Json table_json(const MapEvaluation& evaluation, const MapEvaluationResult& result, const MapTable& table);

}  // namespace fovea::cli

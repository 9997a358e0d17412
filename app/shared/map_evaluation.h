// Techniques times pictures: asked picture by picture, each written as soon as it is known, so that an evaluation goes
// on where it was stopped.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <fovea/map_scores.h>

#include "shared/json.h"

namespace fovea::cli {

/// What is evaluated, and where it goes.
struct MapEvaluation {
  MapQuestions questions;
  Json asked;  ///< what makes numbers comparable: network, data, seed, settings; another one in `out` is refused
  std::filesystem::path out;
  std::int64_t pictures = 100;  ///< 0: all
  std::int64_t sampled = 50;    ///< pictures for what runs the network many times
  std::int64_t repeated = 10;   ///< pictures for measures that ask such techniques again
  std::int64_t shown = 3;       ///< pictures whose maps are drawn
};

/// A picture that could not be evaluated.
struct LeftOut {
  std::string name;
  std::string reason;
};

/// What came of it.
struct MapEvaluationResult {
  std::vector<PictureScores> pictures;
  std::vector<LeftOut> left_out;
  std::int64_t taken_over = 0;  ///< pictures that were known from before
};

/// Reads settings for techniques and measures: "rise.samples=500" for one of them, "samples=500" for all that have it.
/// Throws `Error(usage)` when none has it.
std::map<std::string, Settings, std::less<>> map_settings(const std::vector<std::string>& pairs,
                                                          const std::vector<const Technique*>& techniques,
                                                          const std::vector<const Measure*>& measures);

/// Reads "pointing,energy" or "all".
std::vector<const Measure*> choose_measures(const std::string& names);

/// Evaluates, or goes on with what lies in `out`: one file per picture in `out`/pictures, drawn maps in `out`/maps.
MapEvaluationResult evaluate_maps(const MapEvaluation& evaluation);

/// Writes table.csv, table.json, table.md, pictures.csv and index.html into `out`; returns their paths.
std::vector<std::string> write_map_report(const MapEvaluation& evaluation, const MapEvaluationResult& result,
                                          const MapTable& table);

/// Words the table for a terminal: the columns that say most.
std::string terminal_table(const MapEvaluation& evaluation, const MapTable& table);

}  // namespace fovea::cli

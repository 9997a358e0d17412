// Where an experiment's results go: a picture with its numbers beside it (.json, .csv), or a folder of the same.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <fovea/figure.h>
#include <fovea/model.h>

#include "shared/arguments.h"
#include "shared/json.h"

namespace fovea::cli {

/// The files of one experiment.
struct ResultFiles {
  std::string verb;
  std::filesystem::path picture;  ///< .png, .jpg, .webp, .svg or .pdf
  std::filesystem::path csv;      ///< the same name with .csv
  std::filesystem::path json;     ///< and with .json
  std::filesystem::path folder;   ///< that --out named, made when something is written; empty: a picture was named
};

/// Adds --out, which is required.
void add_out(Parser& parser, std::string& out);

/// Reads --out: FILE.png (.jpg, .webp), or a folder, which gets VERB.png, VERB.csv and VERB.json. Throws `Error(usage)`
/// for another ending, `Error(file)` when the files cannot be written, when one of them is a picture that is read, or
/// when a .json or .csv of that name was not written by this verb.
ResultFiles result_files(const std::string& out, std::string_view verb, const std::vector<std::string>& read = {});

/// Begins a result's JSON: version, verb, network and how a picture becomes its input.
Json result_head(const ResultFiles& files, const Model& model);

/// Writes the three files, each whole or not at all, and returns their names. `csv` is the table's text; `json` is told
/// the fonts.
std::vector<std::string> write_results(const ResultFiles& files, const Figure& page, const std::string& csv,
                                       Json& json);

}  // namespace fovea::cli

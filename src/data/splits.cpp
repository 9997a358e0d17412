// Which folders of a divided data set are read: by what is asked, else by their names and by what they are read for.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <span>

#include <fovea/data.h>
#include <fovea/error.h>

#include "data/layout.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

bool holds(std::span<const std::string_view> names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Names among(std::span<const std::string_view> names, const Names& splits) {
  Names found;
  std::copy_if(splits.begin(), splits.end(), std::back_inserter(found),
               [&](const std::string& split) { return holds(names, split); });
  return found;
}

/// What stands for all splits: none, unless there is a folder of that name.
std::string all_of_them(const fs::path& path) {
  const std::string all(every_split);
  const Names splits = splits_of(path, all);
  return std::find(splits.begin(), splits.end(), all) != splits.end() ? all : "";
}

std::string divided(const fs::path& path, const Names& splits) {
  return path.string() + " is divided into " + comma_list(splits);
}

}  // namespace

SplitChoice choose_split(const fs::path& path, const std::string& asked, SplitUse use) {
  if (asked == every_split) return {all_of_them(path), {}};
  if (!asked.empty()) return {asked, {}};
  const Names splits = splits_of(path);
  if (splits.size() < 2) return {};
  if (use == SplitUse::everything) return {"", splits};
  const Names found = among(validation_names, splits);
  if (found.size() == 1) return {found.front(), splits};
  const auto other = std::find_if(splits.begin(), splits.end(),
                                  [](const std::string& split) { return !holds(training_names, split); });
  throw Error(ErrorKind::usage, divided(path, splits) + "; which of them to judge by is not said",
              "--split " + (other != splits.end() ? *other : splits.front()) + "; --split all takes them together");
}

SplitPair choose_split_pair(const fs::path& path, const std::string& asked) {
  const std::size_t comma = asked.find(',');
  if (comma != std::string::npos) {
    SplitPair pair{asked.substr(0, comma), asked.substr(comma + 1), {}};
    const bool two = !pair.training.empty() && !pair.validation.empty() && pair.training != pair.validation &&
                     pair.validation.find(',') == std::string::npos;
    if (two) return pair;
    throw Error(ErrorKind::usage, "--split takes one folder's name or two different ones, found '" + asked + "'",
                "--split train,val trains on the first and validates by the second");
  }
  if (asked == every_split) return {all_of_them(path), "", {}};
  if (!asked.empty()) return {asked, "", {}};
  const Names splits = splits_of(path);
  if (splits.size() < 2) return {};
  const Names training = among(training_names, splits);
  const Names validation = among(validation_names, splits);
  if (training.size() == 1 && validation.size() == 1) return {training.front(), validation.front(), splits};
  const std::string first = training.empty() ? splits.front() : training.front();
  const std::string second =
      *std::find_if(splits.begin(), splits.end(), [&](const std::string& s) { return s != first; });
  throw Error(ErrorKind::usage, divided(path, splits) + "; which of them to train on is not known",
              "--split " + first + "," + second + " names both; --split all holds out every tenth picture of all");
}

}  // namespace fovea

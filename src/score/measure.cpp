// SPDX-License-Identifier: Apache-2.0
#include <fovea/measure.h>

#include <string>

#include <fovea/error.h>

namespace fovea {

namespace measures {
std::span<const Measure* const> all();
}

std::span<const Measure* const> all_measures() { return measures::all(); }

const Measure& find_measure(std::string_view name) {
  std::vector<std::string> known;
  for (const Measure* measure : all_measures()) {
    if (measure->name == name) return *measure;
    known.emplace_back(measure->name);
  }
  std::string hint = did_you_mean(name, known);
  if (hint.empty()) hint = "`fovea list` shows them all";
  throw Error(ErrorKind::usage, "there is no measure '" + std::string(name) + "'", hint);
}

Measured measure(const Measure& measure, const MeasureCall& call) {
  if (measure.needs_truth && !call.mask.defined()) {
    throw Error(
        ErrorKind::usage,
        "measure '" + std::string(measure.name) + "' needs to know where the object is, and the picture has no box",
        "measure pictures with a boxes.csv, or rendered scenes");
  }
  Measured measured = measure.measure(call);
  if (measured.values.size() == measure.quantities.size()) return measured;
  throw Error(ErrorKind::internal, "measure '" + std::string(measure.name) + "' gave " +
                                       std::to_string(measured.values.size()) + " numbers, expected " +
                                       std::to_string(measure.quantities.size()));
}

}  // namespace fovea

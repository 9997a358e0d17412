// A mean's standard error is s / sqrt(n); of a mean of class means it is sqrt(sum_c s_c^2 / n_c) / classes.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include <fovea/map_scores.h>

namespace fovea {
namespace {

/// Numbers of one quantity, by class.
using ByClass = std::map<std::int64_t, std::vector<double>>;

struct Moments {
  double mean = 0;
  double squared_error = 0;  ///< of the mean
};

Moments moments(const std::vector<double>& numbers) {
  const auto count = static_cast<double>(numbers.size());
  double sum = 0;
  for (const double x : numbers) sum += x;
  const double mean = sum / count;
  double squares = 0;
  for (const double x : numbers) squares += (x - mean) * (x - mean);
  return {mean, numbers.size() > 1 ? squares / (count - 1) / count : 0};
}

Mean mean_of(const ByClass& by_class, bool averaged_by_class) {
  Mean result;
  std::vector<double> all;
  for (const auto& [label, numbers] : by_class) all.insert(all.end(), numbers.begin(), numbers.end());
  result.count = static_cast<std::int64_t>(all.size());
  if (all.empty()) return result;
  if (!averaged_by_class) {
    const Moments m = moments(all);
    return {m.mean, std::sqrt(m.squared_error), result.count};
  }
  double squared = 0;
  for (const auto& [label, numbers] : by_class) {
    const Moments m = moments(numbers);
    result.mean += m.mean / static_cast<double>(by_class.size());
    squared += m.squared_error;
  }
  result.error = std::sqrt(squared) / static_cast<double>(by_class.size());
  return result;
}

double median(std::vector<double> numbers) {
  if (numbers.empty()) return 0;
  const auto middle = numbers.begin() + static_cast<std::ptrdiff_t>(numbers.size() / 2);
  std::nth_element(numbers.begin(), middle, numbers.end());
  return *middle;
}

/// What is collected of one technique.
struct Collected {
  TableRow row;
  std::vector<double> seconds;
  std::map<std::string, ByClass, std::less<>> values;
  std::map<std::string, std::int64_t, std::less<>> curves;  ///< how many were added

  void add(const MapRow& from, std::int64_t label) {
    if (!from.failure.empty()) {
      if (row.pictures == 0) row.failure = from.failure;
      return;
    }
    ++row.pictures;
    row.failure.clear();
    seconds.push_back(from.seconds);
    for (const auto& [name, value] : from.values) {
      if (std::isfinite(value)) values[name][label].push_back(value);
    }
    for (const auto& [name, curve] : from.curves) {
      std::vector<double>& sum = row.curves[name];
      if (sum.size() != curve.size()) sum.assign(curve.size(), 0);
      for (std::size_t i = 0; i < curve.size(); ++i) sum[i] += curve[i];
      ++curves[name];
    }
  }
};

}  // namespace

MapTable summarise(std::span<const PictureScores> pictures, std::span<const Measure* const> measures) {
  std::vector<Collected> collected;
  MapTable table;
  for (const PictureScores& picture : pictures) {
    ++table.pictures;
    table.accuracy += picture.predicted == picture.label ? 1 : 0;
    table.area += picture.area;
    for (const MapRow& row : picture.rows) {
      auto found =
          std::find_if(collected.begin(), collected.end(), [&](const Collected& c) { return c.row.name == row.name; });
      if (found == collected.end()) {
        collected.push_back({.row = {.name = row.name, .baseline = row.baseline}});
        found = collected.end() - 1;
      }
      found->add(row, picture.label);
    }
  }
  const auto count = static_cast<double>(std::max<std::int64_t>(table.pictures, 1));
  table.accuracy /= count;
  table.area /= count;
  // A technique that was asked about few pictures appears late: baselines are last all the same.
  std::stable_partition(collected.begin(), collected.end(), [](const Collected& c) { return !c.row.baseline; });
  for (Collected& one : collected) {
    one.row.seconds = median(one.seconds);
    for (const Measure* measure : measures) {
      for (const Quantity& quantity : measure->quantities) {
        const auto found = one.values.find(quantity.name);
        if (found == one.values.end()) continue;
        one.row.values[std::string(quantity.name)] = mean_of(found->second, quantity.averaged_by_class);
      }
    }
    for (auto& [name, sum] : one.row.curves) {
      for (double& y : sum) y /= static_cast<double>(one.curves[name]);
    }
    table.rows.push_back(std::move(one.row));
  }
  return table;
}

}  // namespace fovea

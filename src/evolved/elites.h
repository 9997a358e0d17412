// MAP-Elites with one cell per class: children of random champions are held against the champions of all classes and
// may take the place of many. Mouret and Clune 2015; Nguyen, Yosinski and Clune 2015, Deep neural networks are easily
// fooled.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include <fovea/tensor.h>

#include "evolved/random.h"

namespace fovea::evolved {

/// The champion of one class.
template <class Genome>
struct Elite {
  Genome genome;
  double confidence = 0;
  std::int64_t generation = 0;  ///< in which it was found
};

template <class Genome>
using Archive = std::vector<std::optional<Elite<Genome>>>;

/// What an encoding can do.
template <class Genome>
struct Encoding {
  std::function<Genome(Dice&)> first;
  /// A child of two parents (the second may be the first again).
  std::function<Genome(const Genome&, const Genome&, Dice&)> child;
  /// Confidences in every class [genomes, classes], double on the CPU.
  std::function<Tensor(const std::vector<Genome>&)> judge;
};

/// Holds judged genomes against the archive; returns how many cells changed hands.
template <class Genome>
std::int64_t place(Archive<Genome>& archive, const std::vector<Genome>& genomes, const Tensor& confidences,
                   std::int64_t generation) {
  std::int64_t changed = 0;
  const Tensor table = confidences.to(at::kDouble).contiguous();
  const auto* row = table.data_ptr<double>();
  for (const Genome& genome : genomes) {
    for (std::size_t c = 0; c < archive.size(); ++c) {
      if (archive[c] && archive[c]->confidence >= row[c]) continue;
      archive[c] = Elite<Genome>{genome, row[c], generation};
      ++changed;
    }
    row += archive.size();
  }
  return changed;
}

/// Makes one generation: `count` children of champions of `classes` (any class when empty), the first of random
/// genomes.
template <class Genome>
std::int64_t evolve(Archive<Genome>& archive, const Encoding<Genome>& encoding, std::int64_t count, std::uint64_t seed,
                    std::int64_t generation) {
  Dice dice(seed, static_cast<std::uint64_t>(generation));
  std::vector<std::size_t> filled;
  for (std::size_t c = 0; c < archive.size(); ++c) {
    if (archive[c]) filled.push_back(c);
  }
  std::vector<Genome> children;
  for (std::int64_t i = 0; i < count; ++i) {
    if (filled.empty()) {
      children.push_back(encoding.first(dice));
      continue;
    }
    const Genome& mother = archive[filled[dice.below(filled.size())]]->genome;
    const Genome& father = archive[filled[dice.below(filled.size())]]->genome;
    children.push_back(encoding.child(mother, father, dice));
  }
  return place(archive, children, encoding.judge(children), generation);
}

/// The median of the champions' confidences, empty cells as 0.
template <class Genome>
double median_confidence(const Archive<Genome>& archive) {
  std::vector<double> all;
  for (const auto& elite : archive) all.push_back(elite ? elite->confidence : 0);
  std::sort(all.begin(), all.end());
  const std::size_t middle = all.size() / 2;
  return all.size() % 2 == 1 ? all[middle] : (all[middle - 1] + all[middle]) / 2;
}

}  // namespace fovea::evolved

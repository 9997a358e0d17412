// Joint probabilities of neighbours:
//   p_j|i = exp(-beta_i d_ij^2) / sum_k exp(-beta_i d_ik^2)   over the K nearest neighbours of i, beta_i such that
//   exp(-sum_j p_j|i log p_j|i) = perplexity,   p_ij = (p_j|i + p_i|j) / 2N;
// van der Maaten 2014, section 4.1, equations 5 and 6; van der Maaten, Hinton 2008, equation 1, beta = 1 / (2 sigma^2).
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include <ATen/Parallel.h>

#include <fovea/error.h>

#include "atlas/tsne_parts.h"

namespace fovea {
namespace {

constexpr double entropy_tolerance = 1e-10;
constexpr int most_bisections = 200;

/// Fills p [count] for one precision; `distance2` are squared distances less the least one. Returns the entropy, nats.
double conditional_row(const std::vector<double>& distance2, double beta, std::vector<double>& p) {
  double sum = 0;
  double weighted = 0;
  for (std::size_t k = 0; k < p.size(); ++k) {
    p[k] = std::exp(-beta * distance2[k]);
    sum += p[k];
    weighted += p[k] * distance2[k];
  }
  for (double& value : p) value /= sum;
  return std::log(sum) + beta * weighted / sum;
}

/// Fills p [count] with the conditional probabilities of the wanted entropy. Where ties keep the entropy above it, that
/// of the nearest ones alone is left.
void fit_row(const std::vector<double>& distance2, double entropy, std::vector<double>& p) {
  const double mean = std::accumulate(distance2.begin(), distance2.end(), 0.0) / static_cast<double>(distance2.size());
  double beta = mean > 0 ? 1 / mean : 1;
  double least = 0;
  double most = std::numeric_limits<double>::infinity();
  for (int i = 0; i < most_bisections; ++i) {
    const double excess = conditional_row(distance2, beta, p) - entropy;
    if (std::abs(excess) < entropy_tolerance) return;
    (excess > 0 ? least : most) = beta;
    beta = std::isinf(most) ? 2 * beta : (least + most) / 2;
  }
}

/// The numbers of P as they come: row by row, columns in any order, some of them twice.
struct Halves {
  std::vector<std::int64_t> start;
  std::vector<std::pair<std::int32_t, float>> entry;
};

Halves both_halves(const std::int64_t* index, const std::vector<double>& conditional, std::int64_t rows,
                   std::int64_t k) {
  Halves halves;
  halves.start.assign(static_cast<std::size_t>(rows) + 1, 0);
  for (std::int64_t i = 0; i < rows * k; ++i) ++halves.start[static_cast<std::size_t>(index[i]) + 1];
  for (std::size_t i = 1; i < halves.start.size(); ++i) halves.start[i] += halves.start[i - 1] + k;
  halves.entry.resize(static_cast<std::size_t>(2 * rows * k));
  std::vector<std::int64_t> place(halves.start.begin(), halves.start.end() - 1);
  for (std::int64_t i = 0; i < rows; ++i) {
    for (std::int64_t n = i * k; n < (i + 1) * k; ++n) {
      const auto value = static_cast<float>(conditional[static_cast<std::size_t>(n)] / static_cast<double>(2 * rows));
      const std::int64_t j = index[n];
      halves.entry[static_cast<std::size_t>(place[static_cast<std::size_t>(i)]++)] = {j, value};
      halves.entry[static_cast<std::size_t>(place[static_cast<std::size_t>(j)]++)] = {i, value};
    }
  }
  return halves;
}

/// Sorts each row by column and adds what meets: p_j|i and p_i|j.
JointProbabilities merge(Halves halves) {
  const std::size_t rows = halves.start.size() - 1;
  std::vector<std::int64_t> lengths(rows);
  at::parallel_for(0, static_cast<std::int64_t>(rows), 256, [&](std::int64_t begin, std::int64_t end) {
    for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
      const auto first = halves.entry.begin() + static_cast<std::ptrdiff_t>(halves.start[i]);
      const auto last = halves.entry.begin() + static_cast<std::ptrdiff_t>(halves.start[i + 1]);
      std::sort(first, last);
      auto out = first;
      for (auto in = std::next(first); in < last; ++in) {
        if (in->first == out->first) {
          out->second += in->second;
        } else {
          *++out = *in;
        }
      }
      lengths[i] = std::distance(first, out) + 1;
    }
  });
  JointProbabilities p;
  p.start.push_back(0);
  for (std::size_t i = 0; i < rows; ++i) {
    const auto first = static_cast<std::size_t>(halves.start[i]);
    for (std::size_t e = first; e < first + static_cast<std::size_t>(lengths[i]); ++e) {
      p.column.push_back(halves.entry[e].first);
      p.value.push_back(halves.entry[e].second);
    }
    p.start.push_back(static_cast<std::int64_t>(p.column.size()));
  }
  return p;
}

}  // namespace

JointProbabilities joint_probabilities(const Neighbours& neighbours, double perplexity) {
  const std::int64_t rows = neighbours.index.size(0);
  const std::int64_t k = neighbours.index.size(1);
  if (!(perplexity >= 1) || perplexity > static_cast<double>(k)) {
    throw Error(ErrorKind::usage, "perplexity must lie between 1 and the number of neighbours, " + std::to_string(k) +
                                      "; found " + std::to_string(perplexity));
  }
  const auto* distance = neighbours.distance.data_ptr<double>();
  std::vector<double> conditional(static_cast<std::size_t>(rows * k));
  at::parallel_for(0, rows, 64, [&](std::int64_t begin, std::int64_t end) {
    std::vector<double> distance2(static_cast<std::size_t>(k));
    std::vector<double> p(static_cast<std::size_t>(k));
    for (std::int64_t i = begin; i < end; ++i) {
      const double* const row = distance + i * k;
      for (std::int64_t n = 0; n < k; ++n) {
        distance2[static_cast<std::size_t>(n)] = (row[n] - row[0]) * (row[n] + row[0]);
      }
      fit_row(distance2, std::log(perplexity), p);
      std::copy(p.begin(), p.end(), conditional.begin() + i * k);
    }
  });
  return merge(both_halves(neighbours.index.data_ptr<std::int64_t>(), conditional, rows, k));
}

}  // namespace fovea

// k-means in double precision.
// SPDX-License-Identifier: Apache-2.0
#include "core/k_means.h"

#include <algorithm>

#include <ATen/ops/cat.h>
#include <ATen/ops/cdist.h>

#include <fovea/error.h>

#include "core/random.h"

namespace fovea {
namespace {

/// Draws centres: the first anywhere, each next one with a chance in proportion to the squared distance from the
/// others.
Tensor first_centres(const Tensor& points, std::int64_t k, std::uint64_t seed, std::uint64_t start) {
  const Tensor draws = uniform({k}, seed, start).to(at::kDouble);
  const std::int64_t count = points.size(0);
  const auto first =
      std::min(static_cast<std::int64_t>(draws[0].item<double>() * static_cast<double>(count)), count - 1);
  Tensor centres = points.narrow(0, first, 1);
  for (std::int64_t c = 1; c < k; ++c) {
    const Tensor far = at::cdist(points, centres).amin(1).square().cumsum(0);
    const double total = far[count - 1].item<double>();
    const double wanted = draws[c].item<double>() * total;
    const std::int64_t chosen = total > 0 ? std::min(far.le(wanted).sum().item<std::int64_t>(), count - 1) : c % count;
    centres = at::cat({centres, points.narrow(0, chosen, 1)});
  }
  return centres.clone();
}

KMeans settle(const Tensor& points, const Tensor& start) {
  const Tensor centres = start.clone();
  constexpr int most_rounds = 300;
  KMeans found;
  Tensor groups;
  for (int round = 0; round < most_rounds; ++round) {
    const Tensor nearest = at::cdist(points, centres).argmin(1);
    if (groups.defined() && nearest.equal(groups)) break;
    groups = nearest;
    for (std::int64_t c = 0; c < centres.size(0); ++c) {
      const Tensor mine = groups.eq(c);
      if (mine.any().item<bool>()) centres[c].copy_(points.index({mine}).mean(0));
    }
  }
  found.centres = centres;
  for (std::int64_t i = 0; i < points.size(0); ++i) found.groups.push_back(groups[i].item<std::int64_t>());
  found.spread = (points - centres.index_select(0, groups)).square().sum().item<double>();
  return found;
}

}  // namespace

KMeans k_means(const Tensor& table, std::int64_t k, std::uint64_t seed) {
  if (k < 1 || k > table.size(0)) {
    throw Error(ErrorKind::usage, "k-means makes 1 to " + std::to_string(table.size(0)) +
                                      " groups of as many points, found k = " + std::to_string(k));
  }
  constexpr std::uint64_t starts = 8;
  const Tensor points = table.to(at::kDouble).contiguous();
  KMeans best;
  for (std::uint64_t start = 0; start < starts; ++start) {
    KMeans found = settle(points, first_centres(points, k, seed, start));
    if (!best.centres.defined() || found.spread < best.spread) best = std::move(found);
  }
  return best;
}

}  // namespace fovea

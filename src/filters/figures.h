// The figures of single filters.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <fovea/filters.h>

namespace fovea {

/// Computes every filter's figures; `weights` is [K,C,kh,kw], float64. Whether one is dead is decided here, too.
std::vector<FilterFigures> filter_figures(const Tensor& weights, const FilterLayer& layer);

/// Returns the middle of some numbers, the mean of both middles of an even count; 0 of none.
double median(std::vector<double> numbers);

}  // namespace fovea

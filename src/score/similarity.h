// How alike two maps are.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fovea/tensor.h>

namespace fovea {

/// Returns Spearman's rank correlation of two maps of one shape, -1..1; equal values share their mean rank; 0 when one
/// of them is constant.
double rank_correlation(const Tensor& a, const Tensor& b);

/// Returns the mean structural similarity of two maps [H,W], each scaled to 0..1 first: windows are Gaussians of 1.5
/// px, C1 = 0.01^2, C2 = 0.03^2. Wang, Bovik, Sheikh, Simoncelli 2004, equation 13.
double structural_similarity(const Tensor& a, const Tensor& b);

}  // namespace fovea

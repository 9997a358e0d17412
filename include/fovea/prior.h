// Priors: what is held for likely of a picture before the network is asked. A penalty is subtracted from the objective,
// a steering changes the gradient at the picture before a step, a projection changes the picture after one.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <fovea/api.h>
#include <fovea/options.h>
#include <fovea/part.h>
#include <fovea/tensor.h>

namespace FOVEA_API fovea {

/// What a prior sees.
struct PriorCall {
  const Tensor& image;     ///< [N,3,H,W], display units
  const Tensor& gradient;  ///< of the objective at the picture, in steerings and projections; undefined in penalties
  const Tensor& mean;      ///< colour that means nothing to the network [1,3,1,1]
  const Options& options;
  std::int64_t step = 0;  ///< from 0
  std::int64_t steps = 1;
};

/// One kind of prior, one file of src/priors. Exactly one of the three functions is set.
struct PriorKind {
  std::string_view name;
  std::string_view sentence;
  std::string_view paper;
  std::span<const Option> options = {};
  Tensor (*penalty)(const PriorCall&) = nullptr;     ///< [N], differentiable in the picture
  Tensor (*steering)(const PriorCall&) = nullptr;    ///< the gradient to follow instead, [N,3,H,W]
  Tensor (*projection)(const PriorCall&) = nullptr;  ///< the picture to go on with, [N,3,H,W]
};

/// Returns every prior, sorted by name.
std::span<const PriorKind* const> all_priors();

/// One prior with its options.
struct Prior {
  const PriorKind* kind;
  Options options;
};

/// Reads a list of priors, e.g. "total_variation(beta=2, weight=0.1) blur(sigma=0.5, every=4)"; throws `Error(usage)`.
std::vector<Prior> parse_priors(std::string_view text);

}  // namespace fovea

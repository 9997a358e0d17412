// The tensor type that Fovea's public interface speaks: libtorch's, through its thin core header only.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>

#include <fovea/api.h>

namespace FOVEA_API fovea {

using at::Tensor;

/// A tensor's extent along every axis, e.g. `{N,C,H,W}`.
using Shape = std::vector<std::int64_t>;

}  // namespace fovea

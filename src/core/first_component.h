// The first principal direction of a layer's places, for EigenCAM and EigenGradCAM.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fovea/tensor.h>

namespace fovea {

/// Projects the places of maps [K,h,w], taken as h*w vectors of K numbers, on their first right singular vector;
/// `centre` takes their mean away before (a principal component). The vector's sign is arbitrary: it is chosen so that
/// the projection's mean over the places of the maps as they are is not negative. Returns [h,w].
Tensor project_on_first_component(const Tensor& maps, bool centre);

}  // namespace fovea

// What a .npy file begins with.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <fovea/tensor.h>

namespace fovea {

/// Returns the magic, the version and the header of a .npy of this type and shape; the elements follow in C order.
/// Throws `Error(unsupported)` for types that .npy files of ours do not hold.
std::string npy_header(at::ScalarType type, const Shape& shape);

}  // namespace fovea

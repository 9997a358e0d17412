// Tables of an atlas without the pictures that could not be read, and the data set's pixels as such a table.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <fovea/data.h>
#include <fovea/image.h>
#include <fovea/technique.h>
#include <fovea/tensor.h>

namespace fovea::cli {

/// Rows of numbers and the pictures that they belong to.
struct EmbeddedRows {
  Tensor table;                        ///< [n,D], float32, finite
  std::vector<std::int64_t> pictures;  ///< indices in the data set, rising
};

/// Returns the finite rows of a table [N,D].
EmbeddedRows readable_rows(const Tensor& table);

/// Returns a picture's pixels at 32x32, 0..1, [1,3072]: what pixels are compared on.
Tensor small_picture(const Image& picture);

/// Returns those of a whole data set; broken pictures are left out.
EmbeddedRows small_pictures(const Pictures& pictures, int threads, const Progress& progress);

}  // namespace fovea::cli

// Mean and standard deviation of a data set's colours, for the network's input.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fovea/data.h>

namespace fovea {

/// Returns the preprocessing of a network of `size` px: the whole picture stretched to it, RGB in 0..1, less the mean
/// and over the standard deviation of each channel, measured on pictures spread evenly over the data set (broken ones
/// are passed over) and rounded to three digits. Throws `Error(format)` when none of them can be read.
Preprocess measure_preprocess(const Pictures& pictures, int size);

}  // namespace fovea

// Which layers a making goes through: named ones, or a few spread over the network's depth.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <fovea/make.h>

namespace fovea::make {

/// Returns the values named by a list of names and patterns ("conv1; pool*; fc6"), in the order of the network. An
/// empty list stands for `most` values spread evenly over its depth: outputs of rectifiers, pools, sums and joins that
/// all that the scores know of the picture goes through (of a block of branches that is its end), then the class
/// scores. Throws `Error(usage)` for names that there are not.
std::vector<ValueId> layers_of(const Model& model, std::string_view list, std::size_t most);

/// Returns the value in the middle of those whose maps are a `stride`-th of the picture (or the smallest ones larger
/// than that): where parts of objects are. The last value that is a map when none is.
ValueId layer_at_stride(const Model& model, std::int64_t stride);

/// Returns for each size of maps the first value of that size which is no pool, largest maps first, `most` of them at
/// most: of VGG relu1_1, relu2_1 ... (layers of a style, Gatys et al. 2016).
std::vector<ValueId> layers_by_size(const Model& model, std::size_t most);

}  // namespace fovea::make

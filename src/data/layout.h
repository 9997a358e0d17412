// Which files of a data set are pictures, and of which class.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <fovea/data.h>

#include "data/file_tree.h"

namespace fovea {

/// One picture of a data set.
struct PictureFile {
  std::size_t file = 0;  ///< place in the tree's paths
  std::int64_t label = 0;
  std::vector<Box> boxes;
};

/// The pictures in the order of their paths, and the classes' labels.
struct Layout {
  std::vector<std::string> labels;
  std::vector<PictureFile> pictures;
};

/// Finds a data set's pictures; `shown` is what people call the set. Classes are counted over all splits, so that they
/// have the same numbers in each. With `unlabelled`, pictures that all lie in no folder are of one class. Throws
/// `Error(format|usage)`.
Layout lay_out(const FileTree& tree, const std::string& split, const std::string& shown, bool unlabelled = false);

/// Tells whether a folder of this name is commonly a part of a data set ("train", "val") and not a class.
bool is_split_name(std::string_view folder);

}  // namespace fovea

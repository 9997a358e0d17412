// Which files of a data set are pictures, and of which class.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
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

/// Words names: "train, val".
std::string comma_list(const std::vector<std::string>& names);

/// Lists the folders that divide a data set, sorted; one called `asked` is one of them, where there is one.
std::vector<std::string> list_splits(const FileTree& tree, const std::string& asked, const std::string& shown);

/// Names of folders that are for training, for validation, and for a last test.
inline constexpr std::array<std::string_view, 2> training_names{"train", "training"};
inline constexpr std::array<std::string_view, 4> validation_names{"val", "valid", "validation", "dev"};
inline constexpr std::array<std::string_view, 2> test_names{"test", "testing"};

/// Tells whether a folder of this name is commonly a part of a data set ("train", "val") and not a class.
bool is_split_name(std::string_view folder);

}  // namespace fovea

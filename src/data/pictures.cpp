// Labelled pictures from folders and .tar files: listed at once, read and decoded one by one when asked for.
// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>

#include <fovea/data.h>
#include <fovea/error.h>

#include "data/file_tree.h"
#include "data/layout.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;

class StoredPictures final : public Pictures {
 public:
  StoredPictures(std::unique_ptr<FileTree> tree, Layout layout) : tree_(std::move(tree)), layout_(std::move(layout)) {}

  std::int64_t size() const override { return static_cast<std::int64_t>(layout_.pictures.size()); }
  const std::vector<std::string>& labels() const override { return layout_.labels; }
  std::int64_t label(std::int64_t index) const override { return entry(index).label; }
  std::string name(std::int64_t index) const override { return tree_->shown(entry(index).file); }

  Sample at(std::int64_t index) const override {
    const PictureFile& one = entry(index);
    std::string shown = tree_->shown(one.file);
    Image picture = decode_image(tree_->read(one.file), shown);
    return {.picture = std::move(picture), .label = one.label, .name = std::move(shown), .boxes = one.boxes};
  }

 private:
  const PictureFile& entry(std::int64_t index) const {
    if (index < 0 || index >= size()) {
      throw Error(ErrorKind::usage,
                  "there is no picture " + std::to_string(index) + "; expected 0.." + std::to_string(size() - 1));
    }
    return layout_.pictures[static_cast<std::size_t>(index)];
  }

  std::unique_ptr<FileTree> tree_;
  Layout layout_;
};

std::unique_ptr<Pictures> open_tree(std::unique_ptr<FileTree> tree, const OpenOptions& options, const fs::path& path) {
  Layout layout = lay_out(*tree, options.split, path.string(), options.unlabelled);
  return std::make_unique<StoredPictures>(std::move(tree), std::move(layout));
}

/// The folder that a path names, "train" for "set/train/" as well.
fs::path named_folder(const fs::path& path) {
  const fs::path whole = fs::absolute(path).lexically_normal();
  return whole.has_filename() ? whole : whole.parent_path();
}

/// What a path names.
struct Named {
  std::unique_ptr<FileTree> tree;
  std::string split;  ///< of the tree, where the path is a split's; "": the tree itself
};

/// A split by its path stands for itself among its neighbours where classes.txt lies above it: its classes are counted
/// with theirs.
Named named_by(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) {
    throw Error(ErrorKind::file, "cannot read " + path.string() + ": there is no such file or folder",
                "check the path");
  }
  if (!fs::is_directory(status)) return {open_archive(path), ""};
  const fs::path folder = named_folder(path);
  const std::string own_name = folder.filename().string();
  const bool is_split = is_split_name(own_name) && !fs::exists(folder / "classes.txt", error) &&
                        fs::exists(folder.parent_path() / "classes.txt", error);
  return is_split ? Named{open_folder(folder.parent_path()), own_name} : Named{open_folder(path), ""};
}

}  // namespace

std::unique_ptr<Pictures> open_pictures(const fs::path& path, const OpenOptions& options) {
  Named named = named_by(path);
  if (named.split.empty()) return open_tree(std::move(named.tree), options, path);
  if (options.split.empty()) return open_tree(std::move(named.tree), {.split = named.split}, path);
  return open_tree(open_folder(path), options, path);  // a split of a split
}

std::vector<std::string> splits_of(const fs::path& path, const std::string& asked) {
  const Named named = named_by(path);
  return named.split.empty() ? list_splits(*named.tree, asked, path.string()) : std::vector<std::string>();
}

}  // namespace fovea

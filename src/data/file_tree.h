// The files of a data set, in a folder or in an archive, by their paths below it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace fovea {

/// Files that are listed once and read when asked for.
class FileTree {
 public:
  virtual ~FileTree() = default;
  /// Returns the paths below the tree, "val/tench/1.jpg", sorted by their bytes, so that every machine counts alike.
  const std::vector<std::string>& paths() const { return paths_; }
  /// Reads a file whole; may be called from several threads.
  virtual std::vector<std::uint8_t> read(std::size_t index) const = 0;
  /// Returns what people call a file: its path, or "set.tar:val/tench/1.jpg".
  virtual std::string shown(std::size_t index) const = 0;
  /// Tells whether the tree is an archive: those often hold one folder of their own name, which nobody means.
  virtual bool is_archive() const = 0;

 protected:
  std::vector<std::string> paths_;
};

/// Lists a folder with all that is below it (links are followed, but never in a circle). Throws `Error(file)`.
std::unique_ptr<FileTree> open_folder(const std::filesystem::path& path);
/// Lists a .tar archive. Throws as `TarFile` does.
std::unique_ptr<FileTree> open_archive(const std::filesystem::path& path);

}  // namespace fovea

// The files of a data set: a folder with all that is below it, or the members of a .tar archive.
// SPDX-License-Identifier: Apache-2.0
#include "data/file_tree.h"

#include <algorithm>

#include <fovea/error.h>

#include "core/atomic_file.h"
#include "data/tar.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t most_file_bytes = std::uintmax_t{2} << 30;

class Folder final : public FileTree {
 public:
  explicit Folder(fs::path path) : root_(std::move(path)) {
    std::vector<fs::path> above;
    list(root_, "", above);
    std::sort(paths_.begin(), paths_.end());
  }

  std::vector<std::uint8_t> read(std::size_t index) const override {
    const std::vector<std::byte> bytes = read_whole(root_ / paths_[index], most_file_bytes);
    const auto* begin = reinterpret_cast<const std::uint8_t*>(bytes.data());
    return {begin, begin + bytes.size()};
  }
  std::string shown(std::size_t index) const override { return (root_ / paths_[index]).string(); }
  bool is_archive() const override { return false; }

 private:
  /// Lists a folder; `above` are the real paths of those it lies in, which a link must not lead back to.
  void list(const fs::path& folder, const std::string& prefix, std::vector<fs::path>& above) {
    std::error_code error;
    const fs::path real = fs::canonical(folder, error);
    if (!error && std::find(above.begin(), above.end(), real) != above.end()) return;
    above.push_back(real);
    auto entry = fs::directory_iterator(folder, error);
    for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
      const std::string name = entry->path().filename().string();
      if (name.starts_with('.')) continue;
      std::error_code broken_link;
      const fs::file_status status = entry->status(broken_link);
      if (fs::is_directory(status)) list(entry->path(), prefix + name + "/", above);
      if (fs::is_regular_file(status)) paths_.push_back(prefix + name);
    }
    if (error) {
      throw Error(ErrorKind::file, "cannot list " + folder.string() + ": " + error.message(),
                  "check that the folder may be read");
    }
    above.pop_back();
  }

  fs::path root_;
};

class Archive final : public FileTree {
 public:
  explicit Archive(const fs::path& path) : path_(path), tar_(path) {
    for (const TarMember& member : tar_.members()) paths_.push_back(member.name);
  }

  std::vector<std::uint8_t> read(std::size_t index) const override { return tar_.read(tar_.members()[index]); }
  std::string shown(std::size_t index) const override { return path_.string() + ":" + paths_[index]; }
  bool is_archive() const override { return true; }

 private:
  fs::path path_;
  TarFile tar_;
};

}  // namespace

std::unique_ptr<FileTree> open_folder(const fs::path& path) { return std::make_unique<Folder>(path); }

std::unique_ptr<FileTree> open_archive(const fs::path& path) { return std::make_unique<Archive>(path); }

}  // namespace fovea

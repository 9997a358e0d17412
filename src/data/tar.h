// Members of .tar archives (POSIX.1-2017 pax and ustar; GNU's long names and sizes), read where they lie.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace fovea {

/// A regular file in an archive.
struct TarMember {
  std::string name;  ///< as in the archive, less "./" in front
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

/// An archive that is open for reading: its headers are read once, its members when they are asked for.
class TarFile {
 public:
  /// Opens and indexes an archive. Throws `Error(file)` when it cannot be read, `Error(unsupported)` for a compressed
  /// one, `Error(format)` for one that is damaged, cut off, or none.
  explicit TarFile(const std::filesystem::path& path);
  ~TarFile();
  TarFile(const TarFile&) = delete;
  TarFile& operator=(const TarFile&) = delete;

  /// Returns the regular files, sorted by name; of several with one name the last, as unpacking would leave it.
  const std::vector<TarMember>& members() const { return members_; }
  /// Reads a member; may be called from several threads.
  std::vector<std::uint8_t> read(const TarMember& member) const;

 private:
  std::filesystem::path path_;
  int file_ = -1;
  std::vector<TarMember> members_;
};

}  // namespace fovea

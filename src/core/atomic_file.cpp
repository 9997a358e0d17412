// Files read in one piece, and written whole or not at all: a temporary in the same folder, then rename(2), which POSIX
// requires to be atomic.
// SPDX-License-Identifier: Apache-2.0
#include "core/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>

#include <fovea/error.h>

namespace fovea {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void cannot_write(const fs::path& path, const std::string& reason) {
  throw Error(ErrorKind::file, "cannot write " + path.string() + ": " + reason,
              "choose a place that exists, may be written and has room");
}

std::string reason_of(int error) { return std::strerror(error); }

/// A file that is open for writing; closed when left.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int number() const { return number_; }
  /// Closes now; file systems may report a failed write only here.
  bool close() {
    const int number = number_;
    number_ = -1;
    return ::close(number) == 0;
  }

 private:
  int number_;
};

/// A name beside `path` that is removed when left, unless it was kept.
class Temporary {
 public:
  explicit Temporary(const fs::path& path) : path_(name_beside(path)) {}
  ~Temporary() {
    if (!kept_) ::unlink(path_.c_str());
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;

  const fs::path& path() const { return path_; }
  void keep() { kept_ = true; }

 private:
  static fs::path name_beside(const fs::path& path) {
    constexpr std::size_t longest_stem = 100;  // the temporary's name must fit in 255 bytes, whatever the file's is
    static std::atomic<unsigned> counter{0};
    const std::string stem = path.filename().string().substr(0, longest_stem);
    const std::string number = std::to_string(::getpid()) + "." + std::to_string(counter++);
    return path.parent_path() / ("." + stem + "." + number + ".tmp");
  }

  fs::path path_;
  bool kept_ = false;
};

/// Writes all bytes; returns 0, or the system's error number.
int write_all(int file, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ::ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return 0;
}

using Pieces = std::initializer_list<std::span<const std::byte>>;

/// Opens, writes and closes; throws naming `shown`, the file that was asked for.
void write_plainly(const fs::path& path, int flags, ::mode_t mode, Pieces pieces, const fs::path& shown) {
  Descriptor file(::open(path.c_str(), flags | O_WRONLY | O_CLOEXEC, mode));
  if (file.number() < 0) cannot_write(shown, reason_of(errno));
  for (const auto piece : pieces) {
    if (const int error = write_all(file.number(), piece); error != 0) cannot_write(shown, reason_of(error));
  }
  if (!file.close()) cannot_write(shown, reason_of(errno));
}

/// Follows a symbolic link, so that the link stays and what it points at is replaced.
fs::path followed(const fs::path& path) {
  std::error_code error;
  if (!fs::is_symlink(path, error)) return path;
  const fs::path target = fs::weakly_canonical(path, error);
  return error ? path : target;
}

}  // namespace

void write_whole(const fs::path& path, Pieces pieces) {
  constexpr ::mode_t new_file_mode = 0666;  // less the umask, as any new file
  const fs::path target = followed(path);
  struct ::stat status {};
  const bool exists = ::stat(target.c_str(), &status) == 0;
  if (exists && S_ISDIR(status.st_mode)) cannot_write(path, "it is a folder");
  if (!target.has_filename()) cannot_write(path, "it names no file");
  if (exists && !S_ISREG(status.st_mode)) {
    // A pipe or a device (/dev/stdout, /dev/null) must never be replaced by a file.
    write_plainly(target, 0, 0, pieces, path);
    return;
  }
  // The rename would succeed over a write-protected file as well; its owner meant otherwise.
  if (exists && ::access(target.c_str(), W_OK) != 0) cannot_write(path, reason_of(errno));
  Temporary temporary(target);
  write_plainly(temporary.path(), O_CREAT | O_EXCL, new_file_mode, pieces, path);
  if (exists) {
    // Failing to copy the permissions (a file system without any) is no reason to lose the result.
    std::error_code ignored;
    fs::permissions(temporary.path(), static_cast<fs::perms>(status.st_mode) & fs::perms::mask, ignored);
  }
  if (::rename(temporary.path().c_str(), target.c_str()) != 0) cannot_write(path, reason_of(errno));
  temporary.keep();
}

void write_whole(const fs::path& path, std::span<const std::byte> bytes) { write_whole(path, {bytes}); }

std::vector<std::byte> read_whole(const fs::path& path, std::uintmax_t most) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) {
    throw Error(ErrorKind::file, "cannot read " + path.string() + ": there is no such file", "check the path");
  }
  if (!fs::is_regular_file(status)) {
    throw Error(ErrorKind::file, "cannot read " + path.string() + ": it is not a file, but a " +
                                     (fs::is_directory(status) ? "folder" : "device, pipe or socket"));
  }
  const std::uintmax_t size = fs::file_size(path, error);
  if (error) throw Error(ErrorKind::file, "cannot read " + path.string() + ": " + error.message());
  if (size > most) {
    throw Error(ErrorKind::resource, path.string() + " has " + std::to_string(size) + " bytes; at most " +
                                         std::to_string(most) + " are read");
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::vector<std::byte> bytes(static_cast<std::size_t>(file ? size : 0));
  file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!file) {
    const int reason = errno;
    throw Error(ErrorKind::file,
                "cannot read " + path.string() + ": " + (reason != 0 ? reason_of(reason) : "it ends early"),
                "check that the file may be read");
  }
  return bytes;
}

}  // namespace fovea

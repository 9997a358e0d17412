// Members of .tar archives: 512-byte headers, each followed by its member's bytes (POSIX.1-2017, pax, "ustar
// Interchange Format" and "pax Extended Header"; GNU tar manual, "Basic Tar Format").
// SPDX-License-Identifier: Apache-2.0
#include "data/tar.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <string_view>

#include <fovea/error.h>

namespace fovea {
namespace {

constexpr std::size_t block_size = 512;
constexpr std::uint64_t most_extension_bytes = 1 << 20;  // of a long name or pax records; real ones have hundreds
constexpr std::uint64_t most_member_bytes = std::uint64_t{2} << 30;

using Header = std::array<char, block_size>;

/// Where a header's fields lie.
struct Field {
  std::size_t at, size;
};
constexpr Field name_field{0, 100};
constexpr Field size_field{124, 12};
constexpr Field checksum_field{148, 8};
constexpr std::size_t type_at = 156;
constexpr Field magic_field{257, 6};
constexpr Field prefix_field{345, 155};

std::string_view raw(const Header& header, Field field) { return {header.data() + field.at, field.size}; }

/// A field's characters up to the first zero byte.
std::string_view text(const Header& header, Field field) {
  const std::string_view whole = raw(header, field);
  return whole.substr(0, whole.find('\0'));
}

/// Reads an octal field, or GNU's form for large numbers: the highest bit set, then a big-endian number.
std::optional<std::uint64_t> number(const Header& header, Field field) {
  std::string_view digits = raw(header, field);
  if ((static_cast<unsigned char>(digits[0]) & 0x80) != 0) {
    std::uint64_t value = static_cast<unsigned char>(digits[0]) & 0x7f;
    for (const char c : digits.substr(1)) {
      if (value >> 55 != 0) return std::nullopt;  // no file has 2^63 bytes
      value = value << 8 | static_cast<unsigned char>(c);
    }
    return value;
  }
  digits = digits.substr(0, digits.find('\0'));
  digits.remove_prefix(std::min(digits.find_first_not_of(' '), digits.size()));
  digits = digits.substr(0, digits.find(' '));
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 8);
  if (digits.empty()) return 0;
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

/// Tells whether the header's bytes, its checksum's own taken as blanks, add up to its checksum.
bool checksum_holds(const Header& header) {
  const auto expected = number(header, checksum_field);
  std::uint64_t sum = 0;
  std::int64_t signed_sum = 0;  // as some old writers had it
  for (std::size_t i = 0; i < header.size(); ++i) {
    const bool own = i >= checksum_field.at && i < checksum_field.at + checksum_field.size;
    sum += own ? ' ' : static_cast<unsigned char>(header[i]);
    signed_sum += own ? ' ' : static_cast<signed char>(header[i]);
  }
  return expected && (*expected == sum || static_cast<std::int64_t>(*expected) == signed_sum);
}

std::string header_name(const Header& header) {
  const std::string_view prefix = text(header, prefix_field);
  const bool posix = raw(header, magic_field) == std::string_view("ustar\0", magic_field.size);  // GNU's has a blank
  std::string name = posix && !prefix.empty() ? std::string(prefix) + "/" : "";
  return name.append(text(header, name_field));
}

/// Reads up to `size` bytes from a place; fewer only where the file ends.
std::size_t read_at(int file, std::uint64_t offset, void* to, std::size_t size, const std::filesystem::path& path) {
  std::size_t done = 0;
  while (done < size) {
    const ::ssize_t got =
        ::pread(file, static_cast<char*>(to) + done, size - done, static_cast<::off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw Error(ErrorKind::file, "cannot read " + path.string() + ": " + std::strerror(errno));
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

/// What a member's own header does not say, or says too short.
struct Extension {
  std::optional<std::string> name;
  std::optional<std::uint64_t> size;
};

/// Goes through an archive's headers.
class Indexer {
 public:
  Indexer(int file, std::uint64_t length, const std::filesystem::path& path)
      : file_(file), length_(length), path_(path) {}

  std::vector<TarMember> members() {
    check_start();
    Header header{};
    while (true) {
      if (read_at(file_, offset_, header.data(), header.size(), path_) < header.size()) {
        fail("ends at byte " + std::to_string(length_) + ", after " + last_member() + ", without an end mark");
      }
      if (std::all_of(header.begin(), header.end(), [](char c) { return c == '\0'; })) break;
      if (!checksum_holds(header)) fail("has no valid header at offset " + here() + ", after " + last_member());
      take(header);
    }
    return std::move(members_);
  }

 private:
  std::string here() const { return std::to_string(offset_); }
  std::string last_member() const { return members_.empty() ? "no member" : "'" + members_.back().name + "'"; }

  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorKind::format, path_.string() + " " + what, "the archive is damaged or cut off; get it again");
  }

  /// Tells what is no archive at all from what is a damaged one.
  void check_start() const {
    struct Compressed {
      std::string_view magic, name, tool;
    };
    constexpr std::array<Compressed, 4> known{{{"\x1f\x8b", "gzip", "gunzip"},
                                               {"BZh", "bzip2", "bunzip2"},
                                               {std::string_view("\xfd"
                                                                 "7zXZ\0",
                                                                 6),
                                                "xz", "unxz"},
                                               {"\x28\xb5\x2f\xfd", "zstd", "unzstd"}}};
    Header start{};
    const std::size_t got = read_at(file_, 0, start.data(), start.size(), path_);
    const std::string_view bytes(start.data(), got);
    for (const Compressed& one : known) {
      if (bytes.substr(0, one.magic.size()) != one.magic) continue;
      throw Error(ErrorKind::unsupported,
                  path_.string() + " is compressed with " + std::string(one.name) +
                      "; members are read where they lie, which takes a plain .tar",
                  "unpack it first: " + std::string(one.tool) + " " + path_.string());
    }
    const bool zeros = got == block_size && std::all_of(start.begin(), start.end(), [](char c) { return c == '\0'; });
    if (zeros || (got == block_size && checksum_holds(start))) return;
    throw Error(ErrorKind::format, path_.string() + " is not a .tar archive",
                "give a folder with one folder of pictures per class, or a .tar file of one");
  }

  /// The member's bytes must lie in the file.
  void check_size(std::uint64_t at, std::uint64_t size, const std::string& name) const {
    if (size <= length_ && at <= length_ - size) return;
    fail("says at offset " + here() + " that '" + name + "' has " + std::to_string(size) + " bytes from offset " +
         std::to_string(at) + ", but ends at " + std::to_string(length_));
  }

  /// Takes one header and goes on to the one after it.
  void take(const Header& header) {
    const char type = header[type_at];
    const std::string name = next_.name.value_or(header_name(header));
    const auto own_size = number(header, size_field);
    if (!own_size) fail("gives no valid size for '" + name + "' at offset " + here());
    const bool no_data = type >= '1' && type <= '6';  // links, devices, folders
    const bool extends = type == 'x' || type == 'g' || type == 'L' || type == 'K';
    const std::uint64_t size = no_data ? 0 : extends ? *own_size : next_.size.value_or(*own_size);
    const std::uint64_t at = offset_ + block_size;
    check_size(at, size, name);
    if (extends) {
      extend(type, at, size);
    } else {
      if (type == 'S') sparse(name);
      if (type == '0' || type == '\0' || type == '7') members_.push_back({plain(name), at, size});
      next_ = {};
    }
    offset_ = at + (size + block_size - 1) / block_size * block_size;
  }

  /// Takes what an extension says of the next member.
  void extend(char type, std::uint64_t at, std::uint64_t size) {
    if (type == 'g' || type == 'K') return;  // of the whole archive (never a name or a size), of a link's target
    if (size > most_extension_bytes) fail("has a name of " + std::to_string(size) + " bytes at offset " + here());
    std::string bytes(static_cast<std::size_t>(size), '\0');
    if (read_at(file_, at, bytes.data(), bytes.size(), path_) < bytes.size()) fail("became shorter while it was read");
    if (type == 'L') {
      next_.name = bytes.substr(0, bytes.find('\0'));
    } else {
      take_records(bytes);
    }
  }

  /// Reads pax records, "LENGTH KEY=VALUE\n" with the whole record's length.
  void take_records(std::string_view records) {
    while (!records.empty()) {
      std::size_t length = 0;
      const auto [end, error] = std::from_chars(records.data(), records.data() + records.size(), length);
      const auto digits = static_cast<std::size_t>(end - records.data());
      const bool valid = error == std::errc{} && length <= records.size() && length > digits + 1 &&
                         records[digits] == ' ' && records[length - 1] == '\n';
      if (!valid) fail("has a broken extended header at offset " + here() + ", after " + last_member());
      const std::string_view record = records.substr(digits + 1, length - digits - 2);
      const std::size_t equals = std::min(record.find('='), record.size());
      take_record(record.substr(0, equals), record.substr(std::min(equals + 1, record.size())));
      records.remove_prefix(length);
    }
  }

  void take_record(std::string_view key, std::string_view value) {
    if (key == "path") next_.name = std::string(value);
    if (key.starts_with("GNU.sparse.")) sparse(next_.name.value_or("a member"));
    if (key != "size") return;
    std::uint64_t size = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), size);
    if (error != std::errc{} || end != value.data() + value.size()) {
      fail("has the size '" + std::string(value) + "' in an extended header at offset " + here());
    }
    next_.size = size;
  }

  [[noreturn]] void sparse(const std::string& name) const {
    throw Error(ErrorKind::unsupported, path_.string() + " holds '" + name + "' as a sparse file at offset " + here(),
                "pack it without --sparse");
  }

  static std::string plain(std::string_view name) {
    while (name.starts_with("./") || name.starts_with("/")) name.remove_prefix(name.front() == '.' ? 2 : 1);
    return std::string(name);
  }

  int file_;
  std::uint64_t length_;
  const std::filesystem::path& path_;
  std::uint64_t offset_ = 0;
  Extension next_;
  std::vector<TarMember> members_;
};

/// Sorts by name; the last one of a name stays.
std::vector<TarMember> sorted(std::vector<TarMember> members) {
  std::stable_sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  std::vector<TarMember> result;
  for (TarMember& member : members) {
    if (!result.empty() && result.back().name == member.name) result.pop_back();
    result.push_back(std::move(member));
  }
  return result;
}

}  // namespace

TarFile::TarFile(const std::filesystem::path& path) : path_(path) {
  file_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file_ < 0) throw Error(ErrorKind::file, "cannot read " + path.string() + ": " + std::strerror(errno));
  try {
    struct ::stat status {};
    if (::fstat(file_, &status) != 0 || !S_ISREG(status.st_mode)) {
      throw Error(ErrorKind::file, "cannot read " + path.string() + ": it is not a file");
    }
    if (status.st_size == 0) throw Error(ErrorKind::file, path.string() + " is empty", "get the file again");
    members_ = sorted(Indexer(file_, static_cast<std::uint64_t>(status.st_size), path_).members());
  } catch (...) {
    ::close(file_);
    throw;
  }
}

TarFile::~TarFile() { ::close(file_); }

std::vector<std::uint8_t> TarFile::read(const TarMember& member) const {
  const std::string shown = path_.string() + ":" + member.name;
  if (member.size > most_member_bytes) {
    throw Error(ErrorKind::resource, shown + " has " + std::to_string(member.size) + " bytes; at most " +
                                         std::to_string(most_member_bytes) + " are read");
  }
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(member.size));
  if (read_at(file_, member.offset, bytes.data(), bytes.size(), path_) < bytes.size()) {
    throw Error(ErrorKind::format,
                shown + " lies at offset " + std::to_string(member.offset) + ", where the archive ended meanwhile");
  }
  return bytes;
}

}  // namespace fovea

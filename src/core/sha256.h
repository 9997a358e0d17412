// SHA-256, the 256-bit secure hash of FIPS 180-4: names a model file by its content.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace fovea {

/// A hash under way, for content that comes in pieces.
class Sha256 {
 public:
  /// Appends bytes to what is hashed.
  void update(std::span<const std::byte> bytes);
  /// Returns the hash of everything appended so far, 64 lower-case hex digits; more may be appended after.
  std::string hex() const;

 private:
  static constexpr std::size_t block_size = 64;

  std::array<std::uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<std::byte, block_size> pending_{};  ///< the begun block
  std::uint64_t length_ = 0;                     ///< bytes so far
};

/// Returns the SHA-256 of bytes in hex.
std::string sha256_hex(std::span<const std::byte> bytes);
/// Appends a file's content, read in pieces, to a hash. Throws `Error(file)` when it cannot be read.
void update_with_file(Sha256& hash, const std::filesystem::path& path);
/// Returns the SHA-256 of a file in hex. Throws `Error(file)` when it cannot be read.
std::string sha256_hex_of_file(const std::filesystem::path& path);

}  // namespace fovea

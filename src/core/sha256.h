// SHA-256, the 256-bit secure hash of FIPS 180-4, by OpenSSL: names a model or picture file by its content.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include <fovea/api.h>

struct evp_md_ctx_st;

namespace FOVEA_API fovea {

/// A hash under way, for content that comes in pieces.
class Sha256 {
 public:
  /// Begins a hash; throws `Error(resource)` when OpenSSL cannot.
  Sha256();
  /// Appends bytes to what is hashed.
  void update(std::span<const std::byte> bytes);
  /// Returns the hash of everything appended so far, 64 lower-case hex digits; more may be appended after.
  std::string hex() const;

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

/// Returns the SHA-256 of bytes in hex.
std::string sha256_hex(std::span<const std::byte> bytes);
/// Appends a file's content, read in pieces, to a hash. Throws `Error(file)` when it cannot be read.
void update_with_file(Sha256& hash, const std::filesystem::path& path);
/// Returns the SHA-256 of a file in hex. Throws `Error(file)` when it cannot be read.
std::string sha256_hex_of_file(const std::filesystem::path& path);

}  // namespace fovea

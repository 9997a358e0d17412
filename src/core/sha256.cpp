// SHA-256 by OpenSSL's libcrypto, which uses the processor's instructions for it where there are any.
// SPDX-License-Identifier: Apache-2.0
#include "core/sha256.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

#include <openssl/evp.h>

#include <fovea/error.h>

namespace fovea {
namespace {

using DigestContext = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

void must(int succeeded) {
  if (succeeded != 1) throw Error(ErrorKind::resource, "OpenSSL cannot compute SHA-256");
}

}  // namespace

void Sha256::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  must(context_ != nullptr ? 1 : 0);
  must(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr));
}

void Sha256::update(std::span<const std::byte> bytes) {
  must(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
}

std::string Sha256::hex() const {
  constexpr std::array digits{'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};
  const DigestContext finished(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  must(finished != nullptr ? EVP_MD_CTX_copy_ex(finished.get(), context_.get()) : 0);
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  unsigned int size = 0;
  must(EVP_DigestFinal_ex(finished.get(), hash.data(), &size));
  std::string text;
  for (unsigned int i = 0; i < size; ++i) {
    text += digits[hash[i] >> 4];
    text += digits[hash[i] & 15];
  }
  return text;
}

std::string sha256_hex(std::span<const std::byte> bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.hex();
}

void update_with_file(Sha256& hash, const std::filesystem::path& path) {
  constexpr std::size_t piece_size = 1 << 18;
  std::error_code error;
  const bool regular = std::filesystem::is_regular_file(path, error);
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file || !regular) {
    const std::string reason = errno != 0 ? std::strerror(errno) : "it is not a file";
    throw Error(ErrorKind::file, "cannot read " + path.string() + ": " + reason, "check the path");
  }
  std::vector<std::byte> piece(piece_size);
  while (file) {
    file.read(reinterpret_cast<char*>(piece.data()), static_cast<std::streamsize>(piece.size()));
    hash.update(std::span(piece).first(static_cast<std::size_t>(file.gcount())));
  }
  if (file.bad()) throw Error(ErrorKind::file, "cannot read " + path.string() + ": reading failed");
}

std::string sha256_hex_of_file(const std::filesystem::path& path) {
  Sha256 hash;
  update_with_file(hash, path);
  return hash.hex();
}

}  // namespace fovea

// SHA-256 as FIPS 180-4 defines it: 64 rounds of the compression function (section 6.2.2) per block of 64 bytes.
// SPDX-License-Identifier: Apache-2.0
#include "core/sha256.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

#include <fovea/error.h>

namespace fovea {
namespace {

constexpr std::size_t rounds = 64;

/// The constants K of section 4.2.2: fractional parts of the cube roots of the first 64 primes.
constexpr std::array<std::uint32_t, rounds> round_constants{
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

using State = std::array<std::uint32_t, 8>;

std::uint32_t big_endian(const std::byte* at) {
  return std::to_integer<std::uint32_t>(at[0]) << 24 | std::to_integer<std::uint32_t>(at[1]) << 16 |
         std::to_integer<std::uint32_t>(at[2]) << 8 | std::to_integer<std::uint32_t>(at[3]);
}

/// Mixes one block of 64 bytes into the state.
void compress(State& state, const std::byte* block) {
  std::array<std::uint32_t, rounds> w;
  for (std::size_t t = 0; t < 16; ++t) w[t] = big_endian(block + 4 * t);
  for (std::size_t t = 16; t < rounds; ++t) {
    const std::uint32_t s0 = std::rotr(w[t - 15], 7) ^ std::rotr(w[t - 15], 18) ^ (w[t - 15] >> 3);
    const std::uint32_t s1 = std::rotr(w[t - 2], 17) ^ std::rotr(w[t - 2], 19) ^ (w[t - 2] >> 10);
    w[t] = s1 + w[t - 7] + s0 + w[t - 16];
  }
  auto [a, b, c, d, e, f, g, h] = state;
  for (std::size_t t = 0; t < rounds; ++t) {
    const std::uint32_t sum1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
    const std::uint32_t choice = (e & f) ^ (~e & g);
    const std::uint32_t t1 = h + sum1 + choice + round_constants[t] + w[t];
    const std::uint32_t sum0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
    const std::uint32_t majority = (a & b) ^ (a & c) ^ (b & c);
    const std::uint32_t t2 = sum0 + majority;
    h = g;
    g = f;
    f = e;
    e = d + t1;
    d = c;
    c = b;
    b = a;
    a = t1 + t2;
  }
  const State mixed{a, b, c, d, e, f, g, h};
  for (std::size_t i = 0; i < state.size(); ++i) state[i] += mixed[i];
}

}  // namespace

void Sha256::update(std::span<const std::byte> bytes) {
  const std::size_t begun = length_ % block_size;
  length_ += bytes.size();
  if (begun > 0) {
    const std::size_t taken = std::min(block_size - begun, bytes.size());
    std::copy_n(bytes.begin(), taken, pending_.begin() + begun);
    if (begun + taken < block_size) return;
    compress(state_, pending_.data());
    bytes = bytes.subspan(taken);
  }
  for (; bytes.size() >= block_size; bytes = bytes.subspan(block_size)) compress(state_, bytes.data());
  std::copy(bytes.begin(), bytes.end(), pending_.begin());
}

std::string Sha256::hex() const {
  // Padding, section 5.1.1: a one bit, zeros, and the length in bits as 64-bit big-endian at a block's end.
  constexpr std::size_t length_bytes = 8;
  Sha256 padded = *this;
  const std::uint64_t bits = length_ * 8;
  const std::size_t begun = length_ % block_size;
  const std::size_t zeros_to = begun + 1 + length_bytes <= block_size ? block_size : 2 * block_size;
  std::array<std::byte, 2 * block_size> padding{};
  padding[0] = std::byte{0x80};
  const std::size_t size = zeros_to - begun;
  for (std::size_t i = 0; i < length_bytes; ++i) padding[size - 1 - i] = static_cast<std::byte>(bits >> (8 * i));
  padded.update(std::span(padding).first(size));

  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (const std::uint32_t word : padded.state_) {
    for (int shift = 28; shift >= 0; shift -= 4) text += digits[word >> shift & 15];
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

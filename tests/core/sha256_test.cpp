// SHA-256 against the published vectors: FIPS 180-4's examples and NIST's long one.
// SPDX-License-Identifier: Apache-2.0
#include "core/sha256.h"

#include <gtest/gtest.h>

#include "../support/failure.h"
#include "../support/temporary_folder.h"

namespace fovea {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

TEST(sha256, published_vectors) {
  EXPECT_EQ(sha256_hex({}), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex(bytes_of("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex(bytes_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(sha256, a_million_letters_in_odd_pieces) {
  const std::string letters(1'000'000, 'a');
  const std::string expected = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";
  for (const std::size_t piece : {1u, 63u, 64u, 65u, 4096u}) {
    Sha256 hash;
    for (std::size_t at = 0; at < letters.size(); at += piece) {
      hash.update(bytes_of(std::string_view(letters).substr(at, piece)));
    }
    EXPECT_EQ(hash.hex(), expected) << piece;
  }
}

TEST(sha256, hex_does_not_end_the_hash) {
  Sha256 hash;
  hash.update(bytes_of("ab"));
  EXPECT_NE(hash.hex(), sha256_hex(bytes_of("abc")));
  hash.update(bytes_of("c"));
  EXPECT_EQ(hash.hex(), sha256_hex(bytes_of("abc")));
}

TEST(sha256, of_a_file_longer_than_a_piece) {
  const test::TemporaryFolder folder;
  const std::string content(700'001, 'x');
  EXPECT_EQ(sha256_hex_of_file(folder.write("x", content)), sha256_hex(bytes_of(content)));
  EXPECT_EQ(sha256_hex_of_file(folder.write("empty", "")), sha256_hex({}));
}

TEST(sha256, missing_file_and_folder) {
  const test::TemporaryFolder folder;
  const std::string missing = test::failure_of([&] { sha256_hex_of_file(folder.path() / "none"); });
  EXPECT_TRUE(test::holds(missing, "file: cannot read")) << missing;
  EXPECT_TRUE(test::holds(test::failure_of([&] { sha256_hex_of_file(folder.path()); }), "file: cannot read"));
}

}  // namespace
}  // namespace fovea

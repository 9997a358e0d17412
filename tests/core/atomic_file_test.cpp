// Files written whole or not at all.
// SPDX-License-Identifier: Apache-2.0
#include "core/atomic_file.h"

#include <gtest/gtest.h>

#include "../support/failure.h"
#include "../support/temporary_folder.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;

std::span<const std::byte> bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

TEST(atomic_file, writes_and_replaces) {
  const test::TemporaryFolder folder;
  write_whole(folder.path() / "a", bytes("first, and longer"));
  write_whole(folder.path() / "a", {bytes("sec"), bytes("ond")});
  EXPECT_EQ(folder.read("a"), "second");
  EXPECT_EQ(folder.count(), 1) << "a temporary was left";
}

TEST(atomic_file, failure_leaves_the_old_file_and_no_temporary) {
  const test::TemporaryFolder folder;
  fs::create_directories(folder.path() / "taken" / "inside");
  const std::string failure = test::failure_of([&] { write_whole(folder.path() / "taken", bytes("x")); });
  EXPECT_TRUE(test::holds(failure, "file: cannot write")) << failure;
  EXPECT_TRUE(fs::is_directory(folder.path() / "taken" / "inside"));
  EXPECT_EQ(folder.count(), 1);
}

TEST(atomic_file, missing_folder_is_named) {
  const test::TemporaryFolder folder;
  const std::string failure = test::failure_of([&] { write_whole(folder.path() / "no" / "a.png", bytes("x")); });
  EXPECT_TRUE(test::holds(failure, "no/a.png: No such file or directory")) << failure;
}

TEST(atomic_file, symbolic_link_and_permissions_stay) {
  const test::TemporaryFolder folder;
  folder.write("real", "old");
  fs::permissions(folder.path() / "real", fs::perms::owner_read | fs::perms::owner_write);
  fs::create_symlink("real", folder.path() / "link");
  write_whole(folder.path() / "link", bytes("new"));
  EXPECT_TRUE(fs::is_symlink(folder.path() / "link"));
  EXPECT_EQ(folder.read("real"), "new");
  EXPECT_EQ(fs::status(folder.path() / "real").permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST(atomic_file, a_device_is_written_to_not_replaced) {
  write_whole("/dev/null", bytes("x"));
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST(atomic_file, read_whole_and_its_limit) {
  const test::TemporaryFolder folder;
  const fs::path path = folder.write("a", std::string("a\0b", 3));
  const std::vector<std::byte> expected{std::byte{'a'}, std::byte{0}, std::byte{'b'}};
  EXPECT_EQ(read_whole(path, 3), expected);
  EXPECT_TRUE(test::holds(test::failure_of([&] { read_whole(path, 2); }), "resource: "));
  EXPECT_TRUE(test::holds(test::failure_of([&] { read_whole(folder.path() / "b", 2); }), "file: "));
}

}  // namespace
}  // namespace fovea

// Archives made header by header: every way of naming and sizing, and every kind of damage.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <thread>

#include "data/tar.h"

#include "../support/failure.h"
#include "../support/temporary_folder.h"
#include "tar_maker.h"

namespace fovea {
namespace {

using test::failure_of;
using test::holds;
using test::pax_record;
using test::TarMaker;

/// Returns "name=content;" of every member.
std::string content_of(const std::string& archive) {
  const test::TemporaryFolder folder;
  const TarFile tar(folder.write("set.tar", archive));
  std::string result;
  for (const TarMember& member : tar.members()) {
    const std::vector<std::uint8_t> bytes = tar.read(member);
    result += member.name + "=" + std::string(bytes.begin(), bytes.end()) + ";";
  }
  return result;
}

std::string failure_with(const std::string& archive) {
  return failure_of([&] { content_of(archive); });
}

TEST(tar, members_are_sorted_by_name) {
  const std::string bytes = TarMaker().add("b/2", "two").add("a/1", std::string(600, 'x')).add("c", "").bytes();
  EXPECT_EQ(content_of(bytes), "a/1=" + std::string(600, 'x') + ";b/2=two;c=;");
}

TEST(tar, folders_links_and_devices_are_no_members) {
  TarMaker tar;
  // A folder may say a size; nothing of that size follows.
  tar.add({.name = "a/", .type = '5', .size = TarMaker::octal(4096, 11)});
  tar.add({.name = "link", .type = '2'}).add({.name = "hard", .type = '1'}).add({.name = "fifo", .type = '6'});
  tar.add({.name = "vendor", .content = "skipped", .type = 'V'});
  EXPECT_EQ(content_of(tar.add("a/1", "one").bytes()), "a/1=one;");
}

TEST(tar, names_of_every_kind) {
  const std::string deep(150, 'd');
  TarMaker tar;
  tar.add({.name = "file", .content = "1", .prefix = "pre/fix"});
  tar.add({.name = "gnu", .content = "2", .prefix = "0000times", .magic = std::string("ustar  \0", 8)});
  tar.add({.name = "old", .content = "3", .type = '\0', .magic = std::string(8, '\0')});
  tar.add(std::string(100, 'n'), "4");  // the whole field, without a zero byte
  tar.long_name("long/" + deep).add("cut", "5");
  tar.pax(pax_record("mtime", "1.5") + pax_record("path", "pax/" + deep)).add("cut", "6");
  tar.add("./dot", "7");
  EXPECT_EQ(content_of(tar.bytes()),
            "dot=7;gnu=2;long/" + deep + "=5;" + std::string(100, 'n') + "=4;old=3;pax/" + deep + "=6;pre/fix/file=1;");
}

TEST(tar, an_extension_is_of_the_next_member_only) {
  TarMaker tar;
  tar.add({.name = "g", .content = pax_record("path", "of the archive"), .type = 'g'});
  EXPECT_EQ(content_of(tar.long_name("long").add("cut", "1").add("short", "2").bytes()), "long=1;short=2;");
}

TEST(tar, sizes_of_every_kind) {
  const std::string base256 = std::string("\x80\0\0\0\0\0\0\0\0\0\0\x03", 12);
  TarMaker tar;
  tar.add({.name = "binary", .content = "abc", .size = base256});
  tar.add({.name = "blanks", .content = "abc", .size = "         3 "});
  tar.pax(pax_record("size", "3")).add({.name = "pax", .content = "abc", .size = TarMaker::octal(0, 11)});
  EXPECT_EQ(content_of(tar.bytes()), "binary=abc;blanks=abc;pax=abc;");
}

TEST(tar, the_last_of_one_name_stays) {
  EXPECT_EQ(content_of(TarMaker().add("a", "old").add("b", "1").add("a", "new").bytes()), "a=new;b=1;");
}

TEST(tar, one_zero_block_ends_an_archive) {
  EXPECT_EQ(content_of(TarMaker().add("a", "1").open() + std::string(512, '\0')), "a=1;");
  EXPECT_EQ(content_of(std::string(1024, '\0')), "");
}

TEST(tar, a_cut_member_is_named_with_its_offset) {
  const std::string bytes = TarMaker().add("a", "1").add("b/2.jpg", std::string(2000, 'x')).bytes();
  const std::string failure = failure_with(bytes.substr(0, 2500));
  EXPECT_TRUE(holds(failure, "format: ")) << failure;
  EXPECT_TRUE(holds(failure, "at offset 1024 that 'b/2.jpg' has 2000 bytes from offset 1536, but ends at 2500"))
      << failure;
}

TEST(tar, a_cut_between_members_is_noticed) {
  const std::string failure = failure_with(TarMaker().add("a", "1").add("b", "2").open());
  EXPECT_TRUE(holds(failure, "format: ")) << failure;
  EXPECT_TRUE(holds(failure, "ends at byte 2048, after 'b', without an end mark")) << failure;
}

TEST(tar, sizes_that_lie_are_refused) {
  const std::string huge = std::string("\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff", 12);
  const std::string negative(12, '\xff');
  for (const std::string& size :
       {TarMaker::octal(5000, 11), huge, negative, std::string("0000009"), std::string("-1"), std::string(12, '7')}) {
    const std::string failure = failure_with(TarMaker().add({.name = "liar", .content = "x", .size = size}).bytes());
    EXPECT_TRUE(holds(failure, "format: ")) << failure;
    EXPECT_TRUE(holds(failure, "'liar'") && holds(failure, "offset 0")) << failure;
  }
  for (const char* size : {"99999", "18446744073709551615", "184467440737095516160", "-3", "x", ""}) {
    const std::string failure = failure_with(TarMaker().pax(pax_record("size", size)).add("liar", "x").bytes());
    EXPECT_TRUE(holds(failure, "format: ")) << size << ": " << failure;
    EXPECT_TRUE(holds(failure, " bytes from offset ") || holds(failure, "the size '")) << size << ": " << failure;
  }
}

TEST(tar, broken_records_are_refused) {
  for (const char* records : {"x", "5", "5 a", "99 path=a\n", "9 path=ab", "0 path=a\n", "2 \n", "-9 path=a\n"}) {
    const std::string failure = failure_with(TarMaker().add("a", "1").pax(records).add("b", "2").bytes());
    EXPECT_TRUE(holds(failure, "format: ")) << records << ": " << failure;
    EXPECT_TRUE(holds(failure, "offset 1024, after 'a'")) << records << ": " << failure;
  }
}

TEST(tar, a_changed_header_is_noticed) {
  std::string bytes = TarMaker().add("a", "1").add("b", "2").bytes();
  bytes[1024] = 'c';
  const std::string failure = failure_with(bytes);
  EXPECT_TRUE(holds(failure, "format: ")) << failure;
  EXPECT_TRUE(holds(failure, "no valid header at offset 1024, after 'a'")) << failure;
}

TEST(tar, sparse_files_are_refused) {
  EXPECT_TRUE(holds(failure_with(TarMaker().add({.name = "s", .type = 'S'}).bytes()), "unsupported: "));
  EXPECT_TRUE(
      holds(failure_with(TarMaker().pax(pax_record("GNU.sparse.major", "1")).add("s", "x").bytes()), "unsupported: "));
}

TEST(tar, compressed_archives_are_told_apart) {
  const test::TemporaryFolder folder;
  try {
    const TarFile tar(folder.write("set.tar.gz", "\x1f\x8b\x08 whatever"));
    FAIL() << "opened";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unsupported);
    EXPECT_TRUE(holds(error.what(), "gzip")) << error.what();
    EXPECT_TRUE(holds(error.hint(), "gunzip")) << error.hint();
  }
  EXPECT_TRUE(holds(failure_with("\xfd"
                                 "7zXZ" +
                                 std::string(1, '\0')),
                    "unsupported: "));
}

TEST(tar, what_is_no_archive_is_refused) {
  EXPECT_TRUE(holds(failure_with(std::string(600, 'x')), "is not a .tar archive"));
  EXPECT_TRUE(holds(failure_with("short"), "is not a .tar archive"));
  EXPECT_TRUE(holds(failure_with(""), "file: "));
  EXPECT_TRUE(holds(failure_of([] { const TarFile tar("/no/such.tar"); }), "file: "));
}

/// An archive with every kind of header.
std::string rich_archive() {
  TarMaker tar;
  tar.add("a/1", "one").long_name("long/name").add("cut", "two");
  tar.pax(pax_record("path", "p/3") + pax_record("size", "5")).add("cut", "three");
  return tar.bytes();
}

TEST(tar, a_cut_anywhere_is_an_error_or_whole) {
  const std::string bytes = rich_archive();
  const std::string whole = content_of(bytes);
  for (std::size_t length = 1; length < bytes.size(); length += 61) {
    const std::string cut = bytes.substr(0, length);
    if (length >= bytes.size() - 512) {
      EXPECT_EQ(content_of(cut), whole);  // the first block of the end mark is there
    } else {
      EXPECT_NE(failure_with(cut), "") << length;
    }
  }
}

TEST(tar, a_changed_byte_anywhere_in_a_header_is_an_error) {
  const test::TemporaryFolder folder;
  const std::string bytes = rich_archive();
  for (const std::size_t header : {std::size_t{0}, std::size_t{1024}, std::size_t{3072}}) {
    for (std::size_t at = header; at < header + 512; at += 5) {
      if (at >= header + 148 && at < header + 156) continue;  // the checksum itself has blanks that do not count
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ 0x15);
      const auto path = folder.write("set.tar", changed);
      EXPECT_NE(failure_of([&] { const TarFile tar(path); }), "") << at;
    }
  }
}

TEST(tar, a_file_that_became_shorter_is_an_error) {
  const test::TemporaryFolder folder;
  const auto path = folder.write("set.tar", TarMaker().add("a", std::string(2000, 'x')).bytes());
  const TarFile tar(path);
  std::filesystem::resize_file(path, 1000);
  const std::string failure = failure_of([&] { tar.read(tar.members()[0]); });
  EXPECT_TRUE(holds(failure, "format: ") && holds(failure, "set.tar:a")) << failure;
}

TEST(tar, threads_read_at_once) {
  const test::TemporaryFolder folder;
  TarMaker maker;
  for (int i = 0; i < 64; ++i) maker.add(std::to_string(i), std::string(997, static_cast<char>('A' + i)));
  const TarFile tar(folder.write("set.tar", maker.bytes()));
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (std::size_t t = 0; t < wrong.size(); ++t) {
    threads.emplace_back([&, t] {
      for (const TarMember& member : tar.members()) {
        const auto expected = static_cast<std::uint8_t>('A' + std::stoi(member.name));
        wrong[t] += tar.read(member) == std::vector<std::uint8_t>(997, expected) ? 0 : 1;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

}  // namespace
}  // namespace fovea

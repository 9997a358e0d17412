// SPDX-License-Identifier: Apache-2.0
#include <fstream>

#include <gtest/gtest.h>

#include "support/failure.h"
#include "support/net.h"
#include "support/temporary_folder.h"
#include "train/checkpoint.h"

namespace fovea {
namespace {

Checkpoint example() {
  return {.text = "{\"a\": 1}",
          .tensors = {{"weight", test::random_normal({2, 3, 4, 5}, 1).contiguous(at::MemoryFormat::ChannelsLast)},
                      {"empty", test::random_normal({0}, 1)},
                      {"bias", test::random_normal({7}, 2)}}};
}

TEST(checkpoint, comes_back_bit_for_bit) {
  const test::TemporaryFolder folder;
  const Checkpoint written = example();
  write_checkpoint(folder.path() / "c", written);
  const Checkpoint read = read_checkpoint(folder.path() / "c");
  EXPECT_EQ(read.text, written.text);
  ASSERT_EQ(read.tensors.size(), written.tensors.size());
  for (const auto& [name, tensor] : written.tensors) EXPECT_TRUE(read.tensors.at(name).equal(tensor)) << name;
}

TEST(checkpoint, damage_is_told) {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "c";
  write_checkpoint(path, example());
  std::ifstream file(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  const auto failure_with = [&](const std::string& content) {
    std::ofstream(path, std::ios::binary) << content;
    return test::failure_of([&] { read_checkpoint(path); });
  };
  EXPECT_NE(failure_with("").find("is damaged: it ends early"), std::string::npos);
  EXPECT_NE(failure_with("PK" + bytes.substr(2)).find("does not begin as one"), std::string::npos);
  EXPECT_NE(failure_with(bytes + "x").find("follow its last tensor"), std::string::npos);
  for (std::size_t length = 8; length < bytes.size(); length += 13) {
    EXPECT_NE(failure_with(bytes.substr(0, length)).find("is damaged"), std::string::npos) << length;
  }
  std::string long_text = bytes;
  long_text[15] = '\x7f';  // the highest byte of the text's length
  EXPECT_NE(failure_with(long_text).find("longer than the file"), std::string::npos);
}

}  // namespace
}  // namespace fovea

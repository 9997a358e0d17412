// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "core/lower_case.h"

namespace fovea {
namespace {

TEST(lower_case, makes_capitals_small_and_leaves_the_rest) {
  EXPECT_EQ(lower_case("ABCXYZ abcxyz"), "abcxyz abcxyz");
  EXPECT_EQ(lower_case("@[`{ 0189 _-."), "@[`{ 0189 _-.") << "what lies beside the letters";
  EXPECT_EQ(lower_case(""), "");
  EXPECT_EQ(lower_case(std::string_view("A\0B", 3)), std::string_view("a\0b", 3));
}

TEST(lower_case, leaves_bytes_beyond_ascii) {
  EXPECT_EQ(lower_case("Z\xc3\x9cRICH \xc0\xde"), "z\xc3\x9crich \xc0\xde");
  std::string beyond;
  for (int byte = 128; byte < 256; ++byte) beyond += static_cast<char>(byte);
  EXPECT_EQ(lower_case(beyond), beyond);
}

TEST(lower_case, ending_is_the_last_extension_in_lower_case) {
  EXPECT_EQ(ending_of("holiday/CAT.PNG"), ".png");
  EXPECT_EQ(ending_of("Clip.tar.GZ"), ".gz");
  EXPECT_EQ(ending_of("a.PNG/cat"), "");
  EXPECT_EQ(ending_of(".PNG"), "") << "a hidden file's name";
  EXPECT_EQ(ending_of("cat."), ".");
}

}  // namespace
}  // namespace fovea

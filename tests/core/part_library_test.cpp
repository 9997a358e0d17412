// SPDX-License-Identifier: Apache-2.0
#include "core/part_library.h"

#include <algorithm>
#include <cstdlib>

#include <gtest/gtest.h>

#include <fovea/error.h>

#include "core/own_folder.h"
#include "support/failure.h"
#include "support/temporary_folder.h"

namespace fovea {
namespace {

constexpr const char* variable = "FOVEA_PART_OF_A_TEST";

constexpr PartLibrary part{
    .file = "libfovea_no_such_part.so", .does = "does nothing", .target = "no_such_target", .variable = variable};

class part_library : public ::testing::Test {
 protected:
  void TearDown() override { ::unsetenv(variable); }
  const test::TemporaryFolder files;
};

TEST_F(part_library, is_looked_for_where_the_variable_says_and_nowhere_else) {
  EXPECT_EQ(places_of(part).front(), (own_folder() / "fovea" / "libfovea_no_such_part.so").string());
  EXPECT_EQ(places_of(part)[1], (own_folder() / "libfovea_no_such_part.so").string());
  EXPECT_EQ(places_of(part).back(), "libfovea_no_such_part.so");
  ::setenv(variable, "/named/there.so", 1);
  EXPECT_EQ(places_of(part), std::vector<std::string>{"/named/there.so"});
}

/// The failure to load a part, with its hint.
std::string refusal(const char* symbol = "fovea_opencv") {
  try {
    load_part(part, symbol);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unsupported);
    return std::string(error.what()) + " | " + error.hint();
  }
  return "";
}

TEST_F(part_library, that_is_not_there_says_what_it_is_for_and_how_to_have_it) {
  const std::string said = refusal();
  EXPECT_TRUE(test::holds(said, "the part that does nothing, libfovea_no_such_part.so, is not there")) << said;
  EXPECT_TRUE(test::holds(said, "build the target no_such_target, or let FOVEA_PART_OF_A_TEST name its place")) << said;
  ::setenv(variable, "/nowhere/else.so", 1);
  EXPECT_TRUE(test::holds(refusal(), "FOVEA_PART_OF_A_TEST names the place /nowhere/else.so"));
}

TEST_F(part_library, that_does_not_load_says_why) {
  files.write("part.so", "no library");
  const std::string path = (files.path() / "part.so").string();
  ::setenv(variable, path.c_str(), 1);
  const std::string said = refusal();
  EXPECT_TRUE(test::holds(said, "does not load: ")) << said;
  EXPECT_TRUE(test::holds(said, path)) << said;
}

TEST_F(part_library, of_another_version_is_refused) {
  ::setenv(variable, "libm.so.6", 1);
  EXPECT_NE(load_part(part, "cos"), nullptr);
  EXPECT_TRUE(test::holds(refusal("fovea_opencv"), "has no fovea_opencv"));
}

TEST_F(part_library, that_opencv_is_for_is_loaded_once) {
  EXPECT_EQ(opencv_part().version, fovea_opencv_version);
  EXPECT_EQ(&opencv_part(), &opencv_part());
}

}  // namespace
}  // namespace fovea

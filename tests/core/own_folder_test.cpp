// SPDX-License-Identifier: Apache-2.0
#include "core/own_folder.h"

#include <gtest/gtest.h>

namespace fovea {
namespace {

TEST(own_folder, of_a_program_that_holds_the_library_is_the_programs) {
  EXPECT_EQ(own_folder(), std::filesystem::read_symlink("/proc/self/exe").parent_path());
}

TEST(own_folder, does_not_hang_on_the_working_folder) {
  const auto before = std::filesystem::current_path();
  const auto folder = own_folder();
  std::filesystem::current_path("/");
  EXPECT_EQ(own_folder(), folder);
  std::filesystem::current_path(before);
}

}  // namespace
}  // namespace fovea

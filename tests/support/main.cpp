// Runs the tests; with --of=core/walk_test.cpp first, those that this file of tests/ defines. A file or a filter
// without tests is a failure, so that nothing is thought to run that does not.
// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace {

/// Returns a filter of exactly the tests that are defined in a file of tests/.
std::string tests_of(std::string_view file) {
  const std::string end = "/tests/" + std::string(file);
  const ::testing::UnitTest& all = *::testing::UnitTest::GetInstance();
  std::string filter;
  for (int s = 0; s < all.total_test_suite_count(); ++s) {
    const ::testing::TestSuite& suite = *all.GetTestSuite(s);
    for (int t = 0; t < suite.total_test_count(); ++t) {
      const ::testing::TestInfo& test = *suite.GetTestInfo(t);
      if (std::string_view(test.file()).ends_with(end)) filter += std::string(suite.name()) + "." + test.name() + ":";
    }
  }
  return filter;
}

}  // namespace

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  constexpr std::string_view option = "--of=";
  if (argc > 1 && std::string_view(argv[1]).starts_with(option)) {
    GTEST_FLAG_SET(filter, tests_of(std::string_view(argv[1]).substr(option.size())));
  }
  const int failed = RUN_ALL_TESTS();
  if (failed == 0 && ::testing::UnitTest::GetInstance()->test_to_run_count() == 0) {
    std::fputs("no test of that name or file\n", stderr);
    return 1;
  }
  return failed;
}

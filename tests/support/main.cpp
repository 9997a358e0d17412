// Runs the tests; a filter that matches nothing is a failure, so that a misnamed suite cannot pass.
// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include <gtest/gtest.h>

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  const int failed = RUN_ALL_TESTS();
  if (failed == 0 && ::testing::UnitTest::GetInstance()->test_to_run_count() == 0) {
    std::fputs("no test matches the filter: name the suite like its file\n", stderr);
    return 1;
  }
  return failed;
}

// SPDX-License-Identifier: Apache-2.0
#include "objectives/term.h"

namespace fovea {
namespace {

TEST(logit, is_the_score_of_the_class) {
  const test::Term term;
  EXPECT_FLOAT_EQ(term.value("logit(0)"), 1);
  EXPECT_FLOAT_EQ(term.value("logit(1)"), 4);
  EXPECT_FLOAT_EQ(term.value("logit(top)"), 4);
}

TEST(logit, names_the_range_of_classes) {
  test::expect_error([] { test::Term().value("logit(2)"); }, "there is no class 2");
}

}  // namespace
}  // namespace fovea

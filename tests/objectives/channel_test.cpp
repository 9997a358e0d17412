// SPDX-License-Identifier: Apache-2.0
#include "objectives/term.h"

namespace fovea {
namespace {

TEST(channel, is_the_mean_over_positions) {
  const test::Term term;
  EXPECT_FLOAT_EQ(term.value("channel(map,0)"), -2.5 / 6);
  EXPECT_FLOAT_EQ(term.value("channel(map,1)"), 1);
}

TEST(channel, of_a_vector_is_its_element) { EXPECT_FLOAT_EQ(test::Term().value("channel(scores,1)"), 4); }

TEST(channel, names_the_range) {
  test::expect_error([] { test::Term().value("channel(map,2)"); }, "channel '2' is not in 0..1 of 'map'");
  test::expect_error([] { test::Term().value("channel(mop,0)"); }, "no node or value 'mop'");
}

}  // namespace
}  // namespace fovea

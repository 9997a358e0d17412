// SPDX-License-Identifier: Apache-2.0
#include "objectives/term.h"

namespace fovea {
namespace {

TEST(value, is_the_sum_of_a_layer_or_of_one_map) {
  const test::Term term;
  EXPECT_FLOAT_EQ(term.value("value(map)"), 3.5);
  EXPECT_FLOAT_EQ(term.value("value(map,1)"), 6);
  EXPECT_FLOAT_EQ(term.value("value(scores)"), 5);
}

}  // namespace
}  // namespace fovea

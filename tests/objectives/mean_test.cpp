// SPDX-License-Identifier: Apache-2.0
#include "objectives/term.h"

namespace fovea {
namespace {

using test::tensor;
using test::Term;

TEST(mean, of_all_and_of_a_channel) {
  EXPECT_NEAR(Term().value("mean(map)"), 3.5 / 12, 1e-6);
  EXPECT_NEAR(Term().value("mean(map,1)"), 1, 1e-6);
  test::expect_error([] { Term().value("mean(map,2)"); }, "channel '2' is not in 0..1 of 'map'");
}

}  // namespace
}  // namespace fovea

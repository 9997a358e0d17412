// SPDX-License-Identifier: Apache-2.0
#include "priors/called.h"

namespace fovea {
namespace {

using test::called;
using test::tensor;

TEST(range, clips_in_every_step) {
  const Tensor row = tensor({-1, 0.3, 2}, {1, 1, 1, 3});
  EXPECT_TRUE(called("range", row, {}, 9, 10).equal(tensor({0, 0.3, 1}, {1, 1, 1, 3})));
  EXPECT_TRUE(test::holds(test::failure_of([&] { called("range(1, 0)", row); }), "found 1 to 0"));
}

}  // namespace
}  // namespace fovea

// SPDX-License-Identifier: Apache-2.0
#include "priors/called.h"

namespace fovea {
namespace {

using test::called;
using test::tensor;

TEST(blur, as_scipys_gaussian_filter) {
  // scipy.ndimage.gaussian_filter([0, 0, 1, 0, 0], 1): weights of radius 4, reflected.
  const Tensor row = tensor({0, 0, 1, 0, 0}, {1, 1, 1, 5});
  const double w[] = {0.39894347, 0.24197145, 0.05399112, 0.00443186, 0.00013383};
  const Tensor expected = tensor({w[2] + w[3], w[1] + w[4], w[0], w[1] + w[4], w[2] + w[3]}, {1, 1, 1, 5});
  EXPECT_LE(test::largest_difference(called("blur(1)", row), expected), 1e-6);
}

TEST(blur, every_few_steps_and_never_in_the_last) {
  const Tensor row = tensor({0, 1, 0, 0}, {1, 1, 2, 2});
  EXPECT_TRUE(called("blur(1, every=4)", row, {}, 2).equal(row));
  EXPECT_FALSE(called("blur(1, every=4)", row, {}, 3).equal(row));
  EXPECT_TRUE(called("blur(1)", row, {}, 9, 10).equal(row));
  EXPECT_TRUE(called("blur(2, last_sigma=0)", row, {}, 5, 10).equal(called("blur(1)", row, {}, 5, 10)));
}

}  // namespace
}  // namespace fovea

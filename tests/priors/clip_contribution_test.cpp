// SPDX-License-Identifier: Apache-2.0
#include "priors/called.h"

namespace fovea {
namespace {

using test::called;
using test::tensor;

TEST(clip_contribution, clears_what_matters_least) {
  const Tensor row = tensor({1.5, 1.5, 0.4, 0.5}, {1, 1, 1, 4});
  const Tensor gradient = tensor({0.01, 2, 5, 100}, {1, 1, 1, 4});  // contributions .01 2 .5 0
  const Tensor cleared = called("clip_contribution(50)", row, gradient);
  EXPECT_LE(test::largest_difference(cleared, tensor({0.5, 1.5, 0.4, 0.5}, {1, 1, 1, 4})), 1e-6);
}

}  // namespace
}  // namespace fovea

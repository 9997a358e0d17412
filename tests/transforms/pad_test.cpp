// SPDX-License-Identifier: Apache-2.0
#include "transforms/applied.h"

namespace fovea {
namespace {

using test::applied;
using test::counting;

TEST(pad, constant_and_reflected) {
  EXPECT_TRUE(applied("pad(1, value=0.25)", counting(1, 2))
                  .equal(test::tensor({.25, .25, .25, .25, .25, 1, 2, .25, .25, .25, .25, .25}, {1, 1, 3, 4})));
  EXPECT_TRUE(applied("pad(1, reflect)", counting(2, 2))
                  .equal(test::tensor({4, 3, 4, 3, 2, 1, 2, 1, 4, 3, 4, 3, 2, 1, 2, 1}, {1, 1, 4, 4})));
  EXPECT_TRUE(applied("pad(5, reflect)", counting(1, 1)).equal(counting(1, 1))) << "nothing to reflect";
  EXPECT_TRUE(applied("pad(0)", counting(2, 3)).equal(counting(2, 3)));
}

}  // namespace
}  // namespace fovea

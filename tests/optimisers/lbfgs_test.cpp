// SPDX-License-Identifier: Apache-2.0
#include "optimisers/climbed.h"

namespace fovea {
namespace {

TEST(lbfgs, finds_the_top_of_a_parabola) { EXPECT_NEAR(test::climbed("lbfgs", 4), 3, 1e-4); }

TEST(lbfgs, asks_again_only_where_it_has_not_been) {
  Tensor x = at::zeros({1, 2}, at::TensorOptions(at::kFloat)).requires_grad_();
  const auto optimiser = make_optimiser("lbfgs(0.5, line_search=none)", {x}, 3);
  int asked = 0;
  for (int i = 0; i < 3; ++i) {
    optimiser->step([&] {
      ++asked;
      return test::hill(x);
    });
  }
  EXPECT_EQ(asked, 3);
}

}  // namespace
}  // namespace fovea

// SPDX-License-Identifier: Apache-2.0
#include "optimisers/climbed.h"

namespace fovea {
namespace {

double moved(const char* text, double value) {
  Tensor x = at::zeros({1, 1}, at::TensorOptions(at::kFloat)).requires_grad_();
  make_optimiser(text, {x}, 1)->step([&] { return Uphill{.value = value, .gradients = {test::tensor({2}, {1, 1})}}; });
  return x.item<double>();
}

TEST(progress, gains_what_is_desired_if_the_objective_is_linear) {
  EXPECT_NEAR(moved("progress(2, most=100)", 0), 1, 1e-6);           // rate 2 / 4, times 2
  EXPECT_NEAR(moved("progress(2, most=0.25)", 0), 0.5, 1e-6);        // capped
  EXPECT_NEAR(moved("progress(2, 100, late=0.5)", 0.2), 0.2, 1e-6);  // gain .5 * .8 = .4, rate .1
}

}  // namespace
}  // namespace fovea

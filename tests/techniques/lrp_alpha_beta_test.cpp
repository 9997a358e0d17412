// SPDX-License-Identifier: Apache-2.0
#include "techniques/asked.h"

namespace fovea {
namespace {

TEST(lrp_alpha_beta_technique, with_alpha_1_is_z_plus) {
  const test::Asked asked;
  EXPECT_LE(test::relative_error(asked.ask("lrp_alpha_beta", {{"alpha", "1"}}), asked.ask("lrp_z_plus")), 1e-6);
  EXPECT_LT(asked.ask("lrp_alpha_beta").min().item<float>(), 0) << "alpha 2 shows negative evidence";
}

}  // namespace
}  // namespace fovea

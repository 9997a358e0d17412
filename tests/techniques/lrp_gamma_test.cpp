// SPDX-License-Identifier: Apache-2.0
#include "techniques/asked.h"

namespace fovea {
namespace {

TEST(lrp_gamma_technique, without_gamma_is_lrp_epsilon) {
  const test::Asked asked;
  EXPECT_LE(test::relative_error(asked.ask("lrp_gamma", {{"gamma", "0"}}), asked.ask("lrp_epsilon")), 1e-3);
  EXPECT_GT(test::relative_error(asked.ask("lrp_gamma"), asked.ask("lrp_epsilon")), 0.05);
}

}  // namespace
}  // namespace fovea

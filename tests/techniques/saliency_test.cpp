// SPDX-License-Identifier: Apache-2.0
#include "techniques/asked.h"

namespace fovea {
namespace {

TEST(saliency, is_the_largest_magnitude_over_channels) {
  const test::Asked asked;
  const Tensor map = asked.ask("saliency");
  EXPECT_TRUE(map.equal(std::get<0>(asked.ask("gradient").abs().max(0))));
  EXPECT_GT(map.max().item<float>(), 0);
}

}  // namespace
}  // namespace fovea

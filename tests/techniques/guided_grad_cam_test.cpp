// SPDX-License-Identifier: Apache-2.0
#include "techniques/asked.h"

#include <fovea/image.h>

namespace fovea {
namespace {

TEST(guided_grad_cam, is_guided_backprop_times_the_upsampled_clamped_map) {
  const test::Asked asked;
  const Tensor cam = resize_map(asked.ask("grad_cam", {{"relu", "true"}}), 16, 16);
  EXPECT_TRUE(asked.ask("guided_grad_cam").allclose(asked.ask("guided_backprop") * cam, 1e-4, 1e-7));
}

}  // namespace
}  // namespace fovea

// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fovea/error.h>

namespace fovea {
namespace {

const std::vector<std::string> names{"grad_cam", "gradient", "guided_backprop", "features/conv5_3/Conv", "occlusion"};

TEST(error, nearest_names_come_best_first) {
  EXPECT_EQ(nearest("gradcam", names).front(), "grad_cam");
  EXPECT_EQ(nearest("Gradient", names).front(), "gradient");
  EXPECT_EQ(nearest("conv5_3", names).front(), "features/conv5_3/Conv");
  EXPECT_TRUE(nearest("zzz", names).empty());
}

TEST(error, words_the_hint) {
  EXPECT_EQ(did_you_mean("oclusion", names), "did you mean 'occlusion'?");
  EXPECT_EQ(did_you_mean("xyz", names), "");
}

TEST(error, survives_endless_names) { EXPECT_TRUE(nearest(std::string(1 << 20, 'a'), names).empty()); }

}  // namespace
}  // namespace fovea

// SPDX-License-Identifier: Apache-2.0
// Properties of every transform: the same draws give the same bytes, gradients flow, any size and batch.
#include <gtest/gtest.h>

#include <fovea/trace.h>
#include <fovea/transform.h>

#include "support/net.h"

namespace fovea {
namespace {

class transforms_all : public ::testing::TestWithParam<const TransformKind*> {};

TEST_P(transforms_all, keeps_its_promises) {
  const Transforms transforms{GetParam()->name};
  for (const Shape& shape : std::vector<Shape>{{1, 3, 1, 1}, {2, 3, 7, 5}, {1, 4, 16, 16}}) {
    const Tensor picture = test::random_normal(shape, 3);
    for (int step = 0; step < 5; ++step) {
      const Tensor leaf = picture.clone().requires_grad_();
      const Tensor changed = transforms.apply(leaf, 9, step);
      EXPECT_TRUE(changed.detach().equal(transforms.apply(picture, 9, step))) << "the same draws";
      EXPECT_EQ(changed.size(0), shape[0]);
      EXPECT_EQ(changed.size(1), shape[1]);
      EXPECT_TRUE(changed.isfinite().all().item<bool>());
      const Tensor gradient = vjp({changed.sum()}, {leaf}, {changed.detach().new_ones({})})[0];
      ASSERT_TRUE(gradient.defined());
      EXPECT_GT(gradient.abs().sum().item<double>(), 0);
    }
    if (shape[0] == 2) {
      const Tensor alone = transforms.apply(picture.narrow(0, 1, 1), 9, 2);
      EXPECT_LE(test::largest_difference(alone, transforms.apply(picture, 9, 2).narrow(0, 1, 1)), 1e-6) << "batch";
    }
  }
}

std::string transform_name(const ::testing::TestParamInfo<const TransformKind*>& info) {
  return std::string(info.param->name);
}

INSTANTIATE_TEST_SUITE_P(transforms, transforms_all,
                         ::testing::ValuesIn(all_transforms().begin(), all_transforms().end()), transform_name);

}  // namespace
}  // namespace fovea

// SPDX-License-Identifier: Apache-2.0
// Properties of every prior: one function, finite, per picture; nothing to say of the mean picture.
#include <ATen/ops/cat.h>

#include "priors/called.h"

namespace fovea {
namespace {

class priors_all : public ::testing::TestWithParam<const PriorKind*> {};

TEST_P(priors_all, keeps_its_promises) {
  const PriorKind& kind = *GetParam();
  const int functions = (kind.penalty != nullptr) + (kind.steering != nullptr) + (kind.projection != nullptr);
  EXPECT_EQ(functions, 1);
  const std::string name(kind.name);
  for (const Shape& shape : std::vector<Shape>{{1, 3, 1, 1}, {2, 3, 6, 5}, {1, 3, 1, 8}}) {
    const Tensor picture = test::random_normal(shape, 3) * 0.2 + 0.5;
    const Tensor gradient = test::random_normal(shape, 4);
    const Tensor found = test::called(name.c_str(), picture, gradient);
    EXPECT_TRUE(found.isfinite().all().item<bool>());
    if (kind.penalty != nullptr) {
      EXPECT_EQ(found.sizes(), (at::IntArrayRef{shape[0]}));
      EXPECT_GE(found.min().item<double>(), 0);
      EXPECT_LE(test::called(name.c_str(), picture * 0 + 0.5).abs().max().item<double>(), 1e-6) << "the mean picture";
    } else {
      EXPECT_EQ(found.sizes(), picture.sizes());
    }
    if (shape[0] == 2) {
      const Tensor second = test::called(name.c_str(), picture.narrow(0, 1, 1), gradient.narrow(0, 1, 1));
      EXPECT_LE(test::largest_difference(second, found.narrow(0, 1, 1)), 1e-6) << "pictures do not touch";
    }
  }
}

std::string prior_name(const ::testing::TestParamInfo<const PriorKind*>& info) { return std::string(info.param->name); }

INSTANTIATE_TEST_SUITE_P(priors, priors_all, ::testing::ValuesIn(all_priors().begin(), all_priors().end()), prior_name);

}  // namespace
}  // namespace fovea

// SPDX-License-Identifier: Apache-2.0
#include "rules/lrp_definition.h"
#include "techniques/asked.h"

namespace fovea {
namespace {

TEST(lrp_flat, shares_evenly_whatever_the_inputs_hold) {
  const Tensor r = test::lrp_of_one_unit("lrp_flat", {}, 99, 6);
  EXPECT_TRUE(r.allclose(test::tensor({2, 2, 2}, {1, 3}, at::kDouble))) << r;
}

TEST(lrp_flat, follows_the_definition_on_explicit_matrices) {
  const test::SlowRule rule = test::slow_flat();
  test::expect_lrp("lrp_flat", {rule, rule, rule, test::slow_epsilon(1e-9)});
}

// Without max-pooling the winners do not matter: any picture gives the same map for the same score.
TEST(lrp_flat_technique, does_not_look_at_the_picture) {
  test::Net net;
  const ValueId x = net.node("Relu", {net.conv(net.input("x", {-1, 3, 8, 8}), 3, 4, 3, 1, 1)});
  net.gemm(net.node("Flatten", {x}), 256, 3);
  const Model model = net.model();
  const auto ask = [&](std::uint64_t seed) {
    const Subject subject(model, test::random_normal({1, 3, 8, 8}, seed));
    const Map map = explain(find_technique("lrp_flat"), subject, logit(1));
    return map.values / map.figures[0].second;
  };
  EXPECT_TRUE(ask(1).allclose(ask(2), 1e-4, 1e-7));
  EXPECT_NEAR(ask(1).sum().item<double>(), 1, 1e-4) << "its sum is kept";
}

}  // namespace
}  // namespace fovea

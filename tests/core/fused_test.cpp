// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <ATen/ops/cat.h>
#include <ATen/ops/zeros.h>

#include "core/fused.h"
#include "support/net.h"

namespace fovea {
namespace {

constexpr double least = 1e-30;

/// The same tensor in several layouts: plain, channels_last, double, and not dense.
std::vector<Tensor> layouts(const Tensor& x) {
  return {x, x.contiguous(at::MemoryFormat::ChannelsLast), x.to(at::kDouble), x.repeat({2, 1, 1, 1}).slice(0, 0, 2, 2)};
}

TEST(fused, gate_passes_what_is_positive_where_the_gate_is_in_every_layout) {
  const Tensor r = test::random_normal({1, 8, 40, 50}, 1);
  const Tensor gate = test::random_normal({1, 8, 40, 50}, 2).clamp_min(0);
  const Tensor expected = r.clamp_min(0) * (gate > 0);
  for (const Tensor& a : layouts(r)) {
    for (const Tensor& b : layouts(gate)) EXPECT_TRUE(positive_where_open(a, b).to(at::kFloat).equal(expected));
  }
}

TEST(fused, gate_closes_again_at_the_bound) {
  const Tensor r = test::random_normal({1, 8, 40, 50}, 1);
  const Tensor gate = test::random_normal({1, 8, 40, 50}, 2).clamp(0, 1);
  const Tensor expected = r.clamp_min(0) * (gate > 0) * (gate < 1);
  for (const Tensor& a : layouts(r)) {
    for (const Tensor& b : layouts(gate)) {
      EXPECT_TRUE(positive_where_open(a, b, 1).to(at::kFloat).equal(expected));
    }
  }
}

TEST(fused, share_out_divides_and_tells_what_is_left) {
  const Tensor r = test::random_normal({1, 8, 40, 50}, 1).abs();
  Tensor total = test::random_normal({1, 8, 40, 50}, 2);
  total[0][3][7][9] = 0;
  for (const Tensor& a : layouts(r)) {
    for (const Tensor& b : layouts(total)) {
      const Shares shares = share_out(a, b, least);
      EXPECT_TRUE(shares.left);
      EXPECT_EQ((shares.ratio[0][3][7][9].item<double>()), 0);
      EXPECT_TRUE((shares.ratio * b).to(at::kFloat).allclose(r * (total != 0)));
    }
  }
  Tensor none = r.clone();
  none[0][3][7][9] = 0;
  EXPECT_FALSE(share_out(none, total, least).left);
  EXPECT_FALSE(share_out(none.to(at::kDouble), total.to(at::kDouble), least).left);
}

TEST(fused, unshared_is_what_share_out_leaves) {
  const Tensor r = test::random_normal({1, 8, 40, 50}, 1);
  const Tensor total = test::random_normal({1, 8, 40, 50}, 2).clamp_min(0);
  const Tensor expected = r * (total == 0);
  for (const Tensor& a : layouts(r)) {
    for (const Tensor& b : layouts(total)) EXPECT_TRUE(unshared(a, b, least).to(at::kFloat).equal(expected));
  }
}

TEST(fused, any_negative_finds_a_single_one) {
  const Tensor positive = test::random_normal({1, 8, 40, 50}, 1).abs();
  Tensor one = positive.clone();
  one[0][7][39][49] = -1e-20;
  for (const Tensor& t : layouts(positive)) EXPECT_FALSE(any_negative(t));
  for (const Tensor& t : layouts(one)) EXPECT_TRUE(any_negative(t));
  EXPECT_FALSE(any_negative(-at::zeros({3})));
}

TEST(fused, signs_are_split_and_met_again) {
  const Tensor x = test::random_normal({1, 5, 4, 3}, 1);
  const Tensor factors = test::random_normal({1, 10, 4, 3}, 2);
  const Tensor above = x.clamp_min(0);
  const Tensor below = x.clamp_max(0);
  const Tensor stacked = at::cat({above, below}, 1);
  const Tensor product = above * factors.narrow(1, 0, 5) + below * factors.narrow(1, 5, 5);
  for (const Tensor& a : layouts(x)) {
    EXPECT_TRUE(split_signs(a).to(at::kFloat).equal(stacked));
    for (const Tensor& b : layouts(factors)) {
      EXPECT_TRUE(times_by_sign(a, b).to(at::kFloat).allclose(product));
    }
  }
}

}  // namespace
}  // namespace fovea

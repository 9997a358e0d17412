// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

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

}  // namespace
}  // namespace fovea

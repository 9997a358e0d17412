// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <ATen/ops/zeros.h>

#include "core/depthwise.h"
#include "support/net.h"

namespace fovea {
namespace {

/// The definition, unit by unit, in double.
Tensor slowly(const Tensor& input, const Tensor& weight, const Tensor& relevance, const Window2d& window,
              const DepthwiseShares& how) {
  const auto a = input.accessor<float, 4>();
  const auto w = weight.accessor<float, 4>();
  const auto r = relevance.accessor<float, 4>();
  Tensor result = at::zeros(input.sizes(), at::kDouble);
  auto out = result.accessor<double, 4>();
  struct Share {
    std::int64_t y;
    std::int64_t x;
    double part;
  };
  for (std::int64_t n = 0; n < r.size(0); ++n) {
    for (std::int64_t c = 0; c < r.size(1); ++c) {
      for (std::int64_t unit = 0; unit < r.size(2) * r.size(3); ++unit) {
        const std::int64_t row = unit / r.size(3);
        const std::int64_t column = unit % r.size(3);
        std::vector<Share> shares;
        double total = 0;
        for (std::int64_t k = 0; k < window.kernel[0] * window.kernel[1]; ++k) {
          const std::int64_t ky = k / window.kernel[1];
          const std::int64_t kx = k % window.kernel[1];
          const std::int64_t y = row * window.stride[0] - window.begin_pad[0] + ky * window.dilation[0];
          const std::int64_t x = column * window.stride[1] - window.begin_pad[1] + kx * window.dilation[1];
          if (y < 0 || y >= a.size(2) || x < 0 || x >= a.size(3)) continue;
          const double factor = w[c][0][ky][kx];
          const double part = how.raw ? std::max(factor, 0.0) * a[n][c][y][x] : std::max(factor * a[n][c][y][x], 0.0);
          shares.push_back({y, x, part});
          total += part;
        }
        for (const Share& share : shares) {
          if (total != 0) {
            out[n][c][share.y][share.x] += r[n][c][row][column] * share.part / total;
          } else if (how.spread) {
            out[n][c][share.y][share.x] += r[n][c][row][column] / static_cast<double>(shares.size());
          }
        }
      }
    }
  }
  return result;
}

struct Convolved {
  std::int64_t channels;
  Window2d window;
};

TEST(depthwise, one_pass_follows_the_definition) {
  const Convolved cases[] = {{3, {{3, 3}, {1, 1}, {1, 1}, {1, 1}}},   {64, {{3, 3}, {2, 2}, {1, 1}, {0, 0}}},
                             {100, {{5, 3}, {1, 2}, {1, 1}, {2, 0}}}, {80, {{3, 3}, {1, 1}, {2, 2}, {2, 2}}},
                             {130, {{1, 1}, {1, 1}, {1, 1}, {0, 0}}}, {33, {{2, 4}, {2, 1}, {3, 1}, {3, 2}}}};
  const auto channels_last = [](const Tensor& t) { return t.contiguous(at::MemoryFormat::ChannelsLast); };
  for (const auto& [channels, window] : cases) {
    Tensor weight = test::random_normal({channels, 1, window.kernel[0], window.kernel[1]}, 1);
    weight[1] = -weight[1].abs();  // nothing excites this channel where its inputs are positive
    const std::int64_t rows =
        (9 + 2 * window.begin_pad[0] - (window.kernel[0] - 1) * window.dilation[0] - 1) / window.stride[0] + 1;
    const std::int64_t columns =
        (8 + 2 * window.begin_pad[1] - (window.kernel[1] - 1) * window.dilation[1] - 1) / window.stride[1] + 1;
    const Tensor relevance = channels_last(test::random_normal({2, channels, rows, columns}, 2).abs());
    for (const bool is_signed : {false, true}) {
      Tensor input = test::random_normal({2, channels, 9, 8}, 3);
      input = channels_last(is_signed ? input : input.abs());
      for (const bool raw : {false, true}) {
        if (raw && is_signed) continue;  // totals near 0: shares without bound
        for (const bool spread : {false, true}) {
          ASSERT_TRUE(can_share_depthwise(input, weight, relevance));
          const DepthwiseShares how{.raw = raw, .spread = spread};
          EXPECT_LE(test::relative_error(share_depthwise(input, weight, relevance, window, how),
                                         slowly(input, weight, relevance, window, how)),
                    1e-5)
              << channels << " channels, kernel " << window.kernel[0] << "x" << window.kernel[1];
        }
      }
    }
  }
}

TEST(depthwise, takes_only_what_it_can) {
  const Tensor t = test::random_normal({1, 4, 5, 5}, 1).contiguous(at::MemoryFormat::ChannelsLast);
  const Tensor weight = test::random_normal({4, 1, 3, 3}, 2);
  EXPECT_TRUE(can_share_depthwise(t, weight, t));
  EXPECT_FALSE(can_share_depthwise(t.to(at::kDouble), weight, t));
  EXPECT_FALSE(can_share_depthwise(t.contiguous(), weight, t));
  EXPECT_FALSE(can_share_depthwise(t, test::random_normal({8, 1, 3, 3}, 2), t));  // two filters a channel
}

}  // namespace
}  // namespace fovea

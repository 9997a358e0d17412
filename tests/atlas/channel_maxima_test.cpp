// Strongest places of channels against the definition, in both memory formats, with ties and with what is no number.
// SPDX-License-Identifier: Apache-2.0
#include "atlas/channel_maxima.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "../support/failure.h"
#include "../support/net.h"

namespace fovea {
namespace {

using test::failure_of;
using test::holds;

/// The definition, a number at a time.
void expect_definition(const Tensor& value) {
  const ChannelMaxima found = channel_maxima(value);
  const Tensor rows = value.reshape({value.size(0), value.size(1), -1}).contiguous();
  for (std::int64_t n = 0; n < rows.size(0); ++n) {
    for (std::int64_t c = 0; c < rows.size(1); ++c) {
      float best = -std::numeric_limits<float>::infinity();
      std::int32_t place = -1;
      for (std::int64_t p = 0; p < rows.size(2); ++p) {
        const auto x = rows[n][c][p].item<float>();
        if (!(x > best)) continue;
        best = x;
        place = static_cast<std::int32_t>(p);
      }
      ASSERT_EQ(found.score[n][c].item<float>(), best) << n << " " << c;
      ASSERT_EQ(found.place[n][c].item<std::int32_t>(), place) << n << " " << c;
    }
  }
}

TEST(channel_maxima, follow_the_definition_in_both_memory_formats) {
  for (const std::int64_t channels : {1, 3, 31, 32, 33, 70}) {
    const Tensor value = test::random_normal({2, channels, 5, 4}, 3);
    expect_definition(value);
    expect_definition(value.contiguous(at::MemoryFormat::ChannelsLast));
  }
  expect_definition(test::random_normal({3, 7}, 4));
  expect_definition(test::random_normal({3, 7, 5}, 5));
}

TEST(channel_maxima, take_the_first_of_equal_places) {
  const Tensor value = test::tensor({1, 5, 5, 0, 0, 0, 0, 0}, {1, 2, 2, 2});
  for (const auto format : {at::MemoryFormat::Contiguous, at::MemoryFormat::ChannelsLast}) {
    const ChannelMaxima found = channel_maxima(value.contiguous(format));
    EXPECT_EQ(found.place[0][0].item<std::int32_t>(), 1);
    EXPECT_EQ(found.place[0][1].item<std::int32_t>(), 0);
  }
}

TEST(channel_maxima, pass_over_what_is_no_number) {
  Tensor value = test::random_normal({1, 40, 3, 3}, 6);
  value[0][5].fill_(std::numeric_limits<double>::quiet_NaN());
  value[0][6][1][1].fill_(std::numeric_limits<double>::quiet_NaN());
  expect_definition(value);
  expect_definition(value.contiguous(at::MemoryFormat::ChannelsLast));
  EXPECT_EQ(channel_maxima(value).place[0][5].item<std::int32_t>(), -1);
}

TEST(channel_maxima, refuse_what_has_no_channels) {
  EXPECT_TRUE(holds(failure_of([] { channel_maxima(test::tensor({1, 2}, {2})); }), "1 axes"));
  EXPECT_FALSE(failure_of([] { channel_maxima(test::tensor({1, 2}, {1, 2}, at::kLong)); }).empty());
}

}  // namespace
}  // namespace fovea

// Streaming top-k against a full sort, with ties, in any order of the pictures.
// SPDX-License-Identifier: Apache-2.0
#include "atlas/top_k.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "../support/net.h"

namespace fovea {
namespace {

constexpr std::int64_t pictures = 200;
constexpr std::int64_t channels = 6;

/// Scores with many ties: whole numbers of a small range.
ChannelMaxima made_maxima() {
  ChannelMaxima maxima{test::random_normal({pictures, channels}, 9).mul(3).round(), Tensor{}};
  maxima.place = maxima.score.abs().to(at::kInt);
  return maxima;
}

std::vector<Strongest> sorted(const ChannelMaxima& maxima, std::int64_t channel) {
  std::vector<Strongest> all;
  for (std::int64_t n = 0; n < pictures; ++n) {
    all.push_back({maxima.score[n][channel].item<float>(), maxima.place[n][channel].item<std::int32_t>(), n});
  }
  std::stable_sort(all.begin(), all.end(), [](const Strongest& a, const Strongest& b) { return a.score > b.score; });
  return all;
}

void expect_equal(std::span<const Strongest> found, const std::vector<Strongest>& expected, std::size_t k) {
  ASSERT_EQ(found.size(), std::min(k, expected.size()));
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].score, expected[i].score) << i;
    EXPECT_EQ(found[i].picture, expected[i].picture) << i;
    EXPECT_EQ(found[i].place, expected[i].place) << i;
  }
}

TEST(top_k, equals_a_full_sort_in_any_order_of_the_pictures) {
  const ChannelMaxima maxima = made_maxima();
  std::vector<std::int64_t> order(pictures);
  std::iota(order.begin(), order.end(), 0);
  for (int round = 0; round < 3; ++round) {
    ChannelTops tops(channels, 9);
    for (const std::int64_t n : order) tops.offer(maxima, n, n);
    for (std::int64_t c = 0; c < channels; ++c) expect_equal(tops.of(c), sorted(maxima, c), 9);
    std::shuffle(order.begin(), order.end(), std::mt19937(static_cast<unsigned>(round)));
  }
}

TEST(top_k, merges_parts_to_the_whole) {
  const ChannelMaxima maxima = made_maxima();
  for (const std::int64_t parts : {2, 7}) {
    std::vector<ChannelTops> pieces(static_cast<std::size_t>(parts), ChannelTops(channels, 5));
    for (std::int64_t n = 0; n < pictures; ++n) pieces[static_cast<std::size_t>(n % parts)].offer(maxima, n, n);
    ChannelTops whole(channels, 5);
    for (const ChannelTops& piece : pieces) whole.merge(piece);
    for (std::int64_t c = 0; c < channels; ++c) expect_equal(whole.of(c), sorted(maxima, c), 5);
  }
}

TEST(top_k, keeps_fewer_where_there_are_fewer_and_nobody_without_a_number) {
  ChannelTops tops(1, 4);
  EXPECT_TRUE(tops.of(0).empty());
  tops.offer(0, {1, 0, 5});
  tops.offer(0, {2, -1, 6});  // no place: all NaN
  tops.offer(0, {3, 0, 7});
  ASSERT_EQ(tops.of(0).size(), 2U);
  EXPECT_EQ(tops.of(0)[0].picture, 7);
  EXPECT_EQ(tops.of(0)[1].picture, 5);
}

}  // namespace
}  // namespace fovea

// A technique's answer as evidence per pixel.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <limits>

#include <fovea/score.h>

#include "support/failure.h"
#include "support/net.h"

namespace fovea {
namespace {

using test::failure_of;
using test::holds;
using test::largest_difference;
using test::tensor;

TEST(evidence, signed_colours_count_by_their_largest_magnitude) {
  const Map map{.values = tensor({1, -2, 0, 4, -5, 0, 3, 1, 0, 0, 0, -7}, {3, 2, 2}), .drawing = Drawing::signed_rgb};
  EXPECT_EQ(largest_difference(evidence(map, 2, 2), tensor({5, 2, 3, 7}, {2, 2})), 0);
}

TEST(evidence, a_signed_map_of_a_grey_input_counts_by_magnitude_too) {
  const Map map{.values = tensor({1, -2}, {1, 2}), .drawing = Drawing::signed_rgb};
  EXPECT_EQ(largest_difference(evidence(map, 2, 1), tensor({1, 2}, {1, 2})), 0);
}

TEST(evidence, heat_keeps_the_positive_part) {
  for (const Drawing drawing : {Drawing::heat, Drawing::signed_heat}) {
    const Map map{.values = tensor({1, -2, 0, 3}, {2, 2}), .drawing = drawing};
    EXPECT_EQ(largest_difference(evidence(map, 2, 2), tensor({1, 0, 0, 3}, {2, 2})), 0);
  }
}

TEST(evidence, channels_of_heat_are_summed_before_the_positive_part) {
  const Map map{.values = tensor({2, 1, -3, 1}, {2, 1, 2}), .drawing = Drawing::signed_heat};
  EXPECT_EQ(largest_difference(evidence(map, 2, 1), tensor({0, 2}, {1, 2})), 0);
}

TEST(evidence, is_resized_bilinearly_after_the_positive_part) {
  const Map map{.values = tensor({-4, 4}, {1, 2}), .drawing = Drawing::heat};
  // Half-pixel centres: the four pixels lie at -0.25, 0.25, 0.75, 1.25 of the two.
  EXPECT_LT(largest_difference(evidence(map, 4, 1), tensor({0, 1, 3, 4}, {1, 4})), 1e-6);
  EXPECT_EQ(evidence(map, 7, 5).sizes(), (std::vector<std::int64_t>{5, 7}));
}

TEST(evidence, refuses_maps_that_are_not_finite_or_have_no_positions) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  for (const Drawing drawing : {Drawing::heat, Drawing::signed_heat, Drawing::signed_rgb}) {
    for (const double broken : {nan, infinity, -infinity}) {
      const Map map{.values = tensor({1, broken}, {1, 1, 2}), .drawing = drawing};
      EXPECT_TRUE(holds(failure_of([&] { evidence(map, 2, 1); }), "usage: the map holds 1 values of 2 that are NaN"));
    }
  }
  const Map flat{.values = tensor({1, 2}, {2}), .at = "logits"};
  EXPECT_TRUE(holds(failure_of([&] { evidence(flat, 2, 2); }), "shape: a map read at 'logits' has no positions"));
  EXPECT_TRUE(holds(failure_of([&] { evidence({}, 2, 2); }), "shape: "));
  const Map fine{.values = tensor({1, 2}, {1, 2})};
  EXPECT_TRUE(holds(failure_of([&] { evidence(fine, 0, 2); }), "usage: "));
}

}  // namespace
}  // namespace fovea

// SPDX-License-Identifier: Apache-2.0
#include "evolved/cppn.h"

#include <cmath>
#include <set>

#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

namespace fovea {
namespace {

using namespace evolved;  // NOLINT(google-build-using-namespace): the test is about its names

/// Inputs, outputs 4 to 6 linear, and a hidden sine that reads x and feeds output 4.
Cppn by_hand() {
  Cppn genome;
  genome.functions.assign(input_count + output_count, Function::linear);
  genome.functions.push_back(Function::sine);
  genome.links = {{7, 4, 2}, {0, 7, 3}, {3, 5, 0.25}, {1, 6, 1}, {3, 6, -0.5}};
  return genome;
}

TEST(cppn, outputs_by_hand) {
  const Tensor out = outputs_of(by_hand(), 3, 5, Coordinates::unit);
  for (int y = 0; y < 3; ++y) {
    for (int x = 0; x < 5; ++x) {
      const double across = -1 + 0.5 * x;
      const double down = -1 + y;
      EXPECT_NEAR(out[0][y][x].item<double>(), 2 * std::sin(3 * across), 1e-5);
      EXPECT_NEAR(out[1][y][x].item<double>(), 0.25, 1e-6);
      EXPECT_NEAR(out[2][y][x].item<double>(), down - 0.5, 1e-6);
    }
  }
}

TEST(cppn, raw_coordinates_are_pixel_numbers_and_the_distance_is_not) {
  Cppn genome = by_hand();
  genome.links = {{0, 4, 1}, {1, 5, 1}, {2, 6, 1}};
  const Tensor out = outputs_of(genome, 4, 6, Coordinates::pixels);
  EXPECT_FLOAT_EQ(out[0][2][5].item<float>(), 5);
  EXPECT_FLOAT_EQ(out[1][2][5].item<float>(), 2);
  EXPECT_NEAR(out[2][0][0].item<double>(), 1, 1e-6) << "a corner is farthest";
}

TEST(cppn, functions) {
  EXPECT_DOUBLE_EQ(apply(Function::sigmoid, 0), 0.5);
  EXPECT_DOUBLE_EQ(apply(Function::gaussian, 0), 1);
  EXPECT_NEAR(apply(Function::gaussian, 1), std::exp(-1.0), 1e-12);
  EXPECT_DOUBLE_EQ(apply(Function::linear, -3), -3);
  EXPECT_NEAR(apply(Function::sine, 1), std::sin(1.0), 1e-12);
}

TEST(cppn, circles_are_seen) {
  const Cppn genome = by_hand();
  EXPECT_TRUE(genome.closes_circle(4, 7));
  EXPECT_FALSE(genome.closes_circle(7, 5));
  EXPECT_TRUE(genome.closes_circle(7, 7));
}

TEST(cppn, a_thousand_mutations_keep_a_genome_whole) {
  Dice dice(5, 0);
  const CppnRates rates;
  Cppn genome = first_cppn(dice, rates);
  std::set<std::size_t> sizes;
  for (int i = 0; i < 1000; ++i) {
    mutate(genome, dice, rates);
    sizes.insert(genome.size());
    ASSERT_EQ(genome.order().size(), genome.size()) << "no circle";
    std::set<std::pair<std::size_t, std::size_t>> pairs;
    for (const Link& link : genome.links) {
      ASSERT_LT(link.from, genome.size());
      ASSERT_LT(link.to, genome.size());
      ASSERT_GE(link.to, input_count);
      ASSERT_LE(std::abs(link.weight), rates.range);
      ASSERT_TRUE(pairs.insert({link.from, link.to}).second) << "twice the same link";
    }
  }
  EXPECT_GT(sizes.size(), 3U) << "it grows and shrinks";
}

TEST(cppn, colours_by_hand) {
  const Tensor out = at::tensor({0.F, 0.5F, 0.5F, 0.5F, 1.F, 1.F}).reshape({3, 1, 2});
  // hls: hue 0, lightness .5, saturation 1 is red; hue round(127.5) / 180 = 128 / 180 of a turn is 256 degrees: blue.
  const Tensor hls = coloured(out, Colours::hls);
  EXPECT_FLOAT_EQ(hls[0][0][0].item<float>(), 1);
  EXPECT_FLOAT_EQ(hls[1][0][0].item<float>(), 0);
  EXPECT_FLOAT_EQ(hls[2][0][1].item<float>(), 1);
  EXPECT_NEAR(hls[0][0][1].item<double>(), 256.0 / 60 - 4, 0.01);
  const Tensor rgb = coloured(-out, Colours::rgb);
  EXPECT_NEAR(rgb[1][0][0].item<double>(), 128 / 255.0, 1e-6) << "the magnitude, in 8 bits";
}

}  // namespace
}  // namespace fovea

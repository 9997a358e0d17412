// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "attack/disturbance.h"
#include "make/asked.h"

namespace fovea {
namespace {

const Disturbance& named(std::string_view name) {
  for (const Disturbance& one : disturbances()) {
    if (one.name == name) return one;
  }
  throw std::runtime_error("there is no disturbance " + std::string(name));
}

double distance(const Image& a, const Image& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.rgb.size(); ++i) sum += std::pow(double(a.rgb[i]) - double(b.rgb[i]), 2);
  return std::sqrt(sum / static_cast<double>(a.rgb.size()));
}

TEST(disturbance, every_kind_changes_more_and_more) {
  const Image picture = test::striped(64);
  for (const Disturbance& one : disturbances()) {
    const Image mild = one.apply(picture, one.amounts.front(), 1);
    const Image strong = one.apply(picture, one.amounts.back(), 1);
    ASSERT_EQ(mild.width, picture.width) << one.name;
    ASSERT_EQ(strong.height, picture.height) << one.name;
    EXPECT_GT(distance(strong, picture), distance(mild, picture)) << one.name;
  }
}

TEST(disturbance, a_shift_moves_pixels_and_repeats_the_edge) {
  const Image picture = test::striped();
  const Image moved = named("shift").apply(picture, 3, 0);
  for (int c = 0; c < 3; ++c) {
    EXPECT_EQ(moved.at(9, 12)[c], picture.at(6, 9)[c]);
    EXPECT_EQ(moved.at(1, 2)[c], picture.at(0, 0)[c]);
  }
}

TEST(disturbance, amounts_are_grey_levels) {
  const Image grey = make_image(64, 64, {100, 100, 100});
  EXPECT_EQ(named("brightness").apply(grey, 20, 0).at(5, 5)[1], 120);
  EXPECT_NEAR(distance(named("noise").apply(grey, 8, 1), grey), 8, 0.3);
  EXPECT_EQ(named("noise").apply(grey, 8, 1).rgb, named("noise").apply(grey, 8, 1).rgb);
  EXPECT_NE(named("noise").apply(grey, 8, 1).rgb, named("noise").apply(grey, 8, 2).rgb);
}

TEST(disturbance, a_blur_is_opencvs_to_a_level) {
  Image picture = make_image(41, 37);
  cv::Mat noise(picture.height, picture.width, CV_8UC3, picture.rgb.data());
  cv::RNG(1).fill(noise, cv::RNG::UNIFORM, 0, 256);
  for (const double deviation : {0.3, 0.7, 2.0, 15.0}) {  // the last reaches beyond the picture
    const int side = 2 * static_cast<int>(std::ceil(4 * deviation)) + 1;
    cv::Mat expected;
    cv::GaussianBlur(noise, expected, {side, side}, deviation, deviation, cv::BORDER_REPLICATE);
    const Image blurred = named("blur").apply(picture, deviation, 0);
    for (std::size_t i = 0; i < blurred.rgb.size(); ++i) ASSERT_NEAR(blurred.rgb[i], expected.data[i], 1) << deviation;
  }
}

/// A blurred edge has the Gaussian's integral: half the step at the edge, Phi(1) one deviation on.
TEST(disturbance, a_blur_has_its_deviation) {
  Image edge = make_image(64, 8);
  for (int y = 0; y < 8; ++y) {
    for (int x = 32; x < 64; ++x) edge.at(x, y)[0] = 200;
  }
  const Image blurred = named("blur").apply(edge, 2, 0);
  EXPECT_NEAR(blurred.at(33, 4)[0], 200 * 0.5 * std::erfc(-1.5 / 2 / std::sqrt(2.0)), 3);
  EXPECT_NEAR(blurred.at(29, 4)[0], 200 * 0.5 * std::erfc(2.5 / 2 / std::sqrt(2.0)), 3);
}

}  // namespace
}  // namespace fovea

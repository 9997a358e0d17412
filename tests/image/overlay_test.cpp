// Maps scaled and laid over pictures.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <ATen/ops/empty.h>

#include <cmath>
#include <limits>

#include <fovea/image.h>

#include "../support/failure.h"

namespace fovea {
namespace {

constexpr float nan = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();

Tensor row_of(const std::vector<float>& values) {
  Tensor map = at::empty({1, static_cast<std::int64_t>(values.size())}, at::TensorOptions(at::kFloat));
  std::copy(values.begin(), values.end(), map.data_ptr<float>());
  return map;
}

std::vector<float> blended(const Tensor& map) {
  const auto* data = map.data_ptr<float>();
  return {data, data + map.numel()};
}

TEST(overlay, scale_unsigned_by_the_maximum) {
  EXPECT_EQ(blended(scale_unsigned(row_of({-1, 0, 1, 4}))), (std::vector<float>{0, 0, 0.25f, 1}));
  EXPECT_EQ(blended(scale_unsigned(row_of({-1, 0}))), (std::vector<float>{0, 0}));
  EXPECT_EQ(blended(scale_unsigned(row_of({1e-45f, 0}))), (std::vector<float>{1, 0}));
}

TEST(overlay, scale_signed_about_a_half) {
  EXPECT_EQ(blended(scale_signed(row_of({-4, 0, 2}), 100)), (std::vector<float>{0, 0.5f, 0.75f}));
  EXPECT_EQ(blended(scale_signed(row_of({0, 0}))), (std::vector<float>{0.5f, 0.5f}));
}

TEST(overlay, scale_signed_clips_at_the_percentile) {
  // Magnitudes 0 1 2 3 100: the 75th percentile is the fourth, 3; the outlier is clipped.
  const auto scaled = blended(scale_signed(row_of({0, 1, -2, 3, -100}), 75));
  EXPECT_FLOAT_EQ(scaled[1], 0.5f + 1 / 6.0f);
  EXPECT_EQ(scaled[3], 1);
  EXPECT_EQ(scaled[4], 0);
  // Between neighbours: the 50th of magnitudes 1 and 3 is 2.
  EXPECT_FLOAT_EQ(blended(scale_signed(row_of({1, 3}), 50))[0], 0.75f);
}

TEST(overlay, scale_signed_of_a_sparse_map_does_not_vanish) {
  std::vector<float> sparse(10000, 0.0f);
  sparse[17] = 2;
  EXPECT_EQ(blended(scale_signed(row_of(sparse)))[17], 1);
}

TEST(overlay, scaling_survives_what_is_not_finite) {
  const auto up = blended(scale_unsigned(row_of({nan, infinity, 2, 1})));
  EXPECT_TRUE(std::isnan(up[0]));
  EXPECT_EQ(up[1], 1);
  EXPECT_EQ(up[3], 0.5f);
  const auto about = blended(scale_signed(row_of({-infinity, 2, -1}), 100));
  EXPECT_EQ(about[0], 0);
  EXPECT_EQ(about[2], 0.25f);
  EXPECT_NO_THROW(signed_picture(row_of({nan, nan})));
}

TEST(overlay, scale_signed_refuses_a_percentile) {
  for (const double percentile : {0.0, -1.0, 100.5}) {
    EXPECT_TRUE(test::holds(test::failure_of([&] { scale_signed(row_of({1}), percentile); }), "usage: "));
  }
}

TEST(overlay, mixes_by_opacity) {
  const Image grey = make_image(4, 4, {100, 100, 100});
  const Image mixed = overlay(grey, row_of({1, 1}), "grey", 0.6);
  EXPECT_EQ(mixed.width, 4);
  EXPECT_EQ(mixed.at(2, 2)[0], 193);  // 0.4 * 100 + 0.6 * 255
  EXPECT_EQ(overlay(grey, row_of({1, 0}), "inferno", 0).rgb, grey.rgb);
  EXPECT_EQ(overlay(grey, row_of({0, 0}), "grey", 1).rgb, make_image(4, 4).rgb);
}

TEST(overlay, takes_half_of_the_colour_out) {
  const Image red = make_image(1, 1, {200, 0, 0});
  const Image mixed = overlay(red, row_of({0}), "grey", 0.5);
  // Luma 59.8; half-way to it are 129.9 and 29.9; half of that over black.
  EXPECT_EQ(mixed.rgb, (std::vector<std::uint8_t>{65, 15, 15}));
}

TEST(overlay, same_value_same_share_of_colour) {
  // What can be read off: equal grey under equal values gives equal colours, low values are coloured as well.
  const Image mixed = overlay(make_image(2, 1, {80, 80, 80}), row_of({0.1f, 0.1f}), "viridis", 0.6);
  EXPECT_TRUE(std::equal(mixed.at(0, 0), mixed.at(0, 0) + 3, mixed.at(1, 0)));
  EXPECT_NE(mixed.at(0, 0)[0], mixed.at(0, 0)[2]);
}

TEST(overlay, refuses_an_opacity) {
  EXPECT_TRUE(test::holds(test::failure_of([] { overlay(make_image(1, 1), row_of({0}), "grey", 1.5); }), "usage: "));
}

TEST(overlay, signed_picture_about_mid_grey) {
  const Image grey = signed_picture(row_of({-2, 0, 2, 1}), 100);
  EXPECT_EQ(grey.at(0, 0)[0], 0);
  EXPECT_EQ(grey.at(1, 0)[1], 128);
  EXPECT_EQ(grey.at(2, 0)[2], 255);
  EXPECT_EQ(grey.at(3, 0)[2], 191);
}

TEST(overlay, signed_picture_of_channels) {
  Tensor map = at::empty({3, 1, 2}, at::TensorOptions(at::kFloat)).zero_();
  map.data_ptr<float>()[1] = 1;   // red of the second pixel
  map.data_ptr<float>()[4] = -1;  // blue of the first
  const Image image = signed_picture(map, 100);
  EXPECT_EQ(image.rgb, (std::vector<std::uint8_t>{128, 128, 0, 255, 128, 128}));
  EXPECT_TRUE(test::holds(test::failure_of([&] { signed_picture(map.slice(0, 0, 2)); }), "shape: "));
}

}  // namespace
}  // namespace fovea

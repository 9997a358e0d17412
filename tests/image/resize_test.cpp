// Changes of size, against numbers worked out by hand from half-pixel centres.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <ATen/ops/empty.h>

#include <fovea/image.h>

#include "../support/failure.h"

namespace fovea {
namespace {

Tensor map_of(std::int64_t height, std::int64_t width, const std::vector<float>& values) {
  Tensor map = at::empty({height, width}, at::TensorOptions(at::kFloat));
  std::copy(values.begin(), values.end(), map.data_ptr<float>());
  return map;
}

std::vector<float> values_of(const Tensor& map) {
  const auto* data = map.data_ptr<float>();
  return {data, data + map.numel()};
}

TEST(resize, map_is_bilinear_between_pixel_centres) {
  // Two values to four: sources at -0.25 (clamped), 0.25, 0.75, 1.25 (clamped).
  EXPECT_EQ(values_of(resize_map(map_of(1, 2, {0, 8}), 4, 1)), (std::vector<float>{0, 2, 6, 8}));
  EXPECT_EQ(values_of(resize_map(map_of(2, 1, {0, 8}), 1, 4)), (std::vector<float>{0, 2, 6, 8}));
  // Shrinking takes two neighbours, without averaging further: sources at 0.5 and 2.5.
  EXPECT_EQ(values_of(resize_map(map_of(1, 4, {0, 2, 4, 10}), 2, 1)), (std::vector<float>{1, 7}));
}

TEST(resize, map_width_is_the_last_axis) {
  const Tensor resized = resize_map(map_of(2, 3, {0, 0, 0, 1, 1, 1}), 5, 7);
  EXPECT_EQ(resized.sizes().vec(), (Shape{7, 5}));
}

TEST(resize, map_in_double_stays_double) {
  const Tensor resized = resize_map(map_of(1, 2, {0, 8}).to(at::kDouble), 4, 1);
  EXPECT_EQ(resized.scalar_type(), at::kDouble);
  EXPECT_EQ(resized.data_ptr<double>()[1], 2);
}

TEST(resize, map_not_contiguous) {
  const Tensor transposed = map_of(2, 2, {1, 2, 3, 4}).t();
  EXPECT_EQ(values_of(resize_map(transposed, 2, 2)), (std::vector<float>{1, 3, 2, 4}));
}

TEST(resize, map_errors) {
  EXPECT_TRUE(test::holds(test::failure_of([] { resize_map(map_of(1, 2, {0, 1}), 0, 3); }), "usage: "));
  EXPECT_TRUE(test::holds(test::failure_of([] { resize_map(map_of(0, 2, {}), 2, 3); }), "shape: "));
  EXPECT_TRUE(test::holds(test::failure_of([] { resize_map(Tensor(), 2, 3); }), "shape: "));
  EXPECT_TRUE(test::holds(test::failure_of([] { resize_map(map_of(1, 2, {0, 1}).unsqueeze(0), 2, 3); }), "shape: "));
}

TEST(resize, picture_by_each_interpolation) {
  Image image = make_image(4, 1);
  for (int x = 0; x < 4; ++x) std::fill_n(image.at(x, 0), 3, static_cast<std::uint8_t>(x == 3 ? 200 : 0));
  EXPECT_EQ(resize(image, 2, 1, Interpolation::area).at(1, 0)[0], 100);
  EXPECT_EQ(resize(image, 1, 1, Interpolation::area).at(0, 0)[2], 50);
  EXPECT_EQ(resize(image, 1, 1, Interpolation::linear).at(0, 0)[0], 0);  // between pixels 1 and 2
  const Image nearest = resize(image, 8, 2, Interpolation::nearest);
  EXPECT_EQ(nearest.at(5, 1)[0], 0);
  EXPECT_EQ(nearest.at(6, 1)[0], 200);
  EXPECT_EQ(resize(image, 4, 1, Interpolation::cubic).rgb, image.rgb);
}

TEST(resize, picture_errors) {
  EXPECT_TRUE(test::holds(test::failure_of([] { resize(make_image(2, 2), 0, 1, Interpolation::linear); }), "usage: "));
  EXPECT_TRUE(test::holds(test::failure_of([] { resize(Image{}, 2, 1, Interpolation::linear); }), "usage: "));
}

TEST(resize, crop_takes_the_box) {
  Image image = make_image(3, 3);
  *image.at(2, 1) = 7;
  const Image box = crop(image, 1, 1, 2, 2);
  EXPECT_EQ(box.width, 2);
  EXPECT_EQ(*box.at(1, 0), 7);
  EXPECT_EQ(crop(image, 0, 0, 3, 3).rgb, image.rgb);
}

TEST(resize, crop_refuses_a_box_that_sticks_out) {
  const Image image = make_image(3, 3);
  EXPECT_TRUE(test::holds(test::failure_of([&] { crop(image, 2, 0, 2, 1); }), "usage: "));
  EXPECT_TRUE(test::holds(test::failure_of([&] { crop(image, 0, -1, 1, 1); }), "usage: "));
  EXPECT_TRUE(test::holds(test::failure_of([&] { crop(image, 2'147'483'647, 0, 2, 1); }), "usage: "));
}

}  // namespace
}  // namespace fovea

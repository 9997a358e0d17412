// Pictures to inputs and back.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <ATen/ops/empty.h>

#include <limits>

#include <fovea/model.h>

#include "../support/failure.h"

namespace fovea {
namespace {

Preprocess plain(int width, int height, Fit fit = Fit::stretch) {
  Preprocess p;
  p.source = "test";
  p.width = width;
  p.height = height;
  p.fit = fit;
  p.mean = {0, 0, 0};
  p.std = {1, 1, 1};
  return p;
}

/// Red says how far right, green how far down, both in 0..250.
Image ramps(int width, int height) {
  Image image = make_image(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      image.at(x, y)[0] = static_cast<std::uint8_t>(250 * x / std::max(1, width - 1));
      image.at(x, y)[1] = static_cast<std::uint8_t>(250 * y / std::max(1, height - 1));
    }
  }
  return image;
}

TEST(preprocess, order_scale_mean_and_deviation) {
  const Image pixel = make_image(1, 1, {51, 102, 204});
  Preprocess p = plain(1, 1);
  p.scale = 1.0 / 255;
  p.mean = {0.1, 0.2, 0.3};
  p.std = {0.5, 1, 2};
  const Tensor rgb = to_input(pixel, p);
  EXPECT_EQ(rgb.sizes().vec(), (Shape{1, 3, 1, 1}));
  EXPECT_FLOAT_EQ(rgb.data_ptr<float>()[0], 0.2f);   // (0.2 - 0.1) / 0.5
  EXPECT_FLOAT_EQ(rgb.data_ptr<float>()[1], 0.2f);   // 0.4 - 0.2
  EXPECT_FLOAT_EQ(rgb.data_ptr<float>()[2], 0.25f);  // (0.8 - 0.3) / 2
  Preprocess caffe = plain(1, 1);
  caffe.channels = "BGR";
  caffe.mean = {104, 117, 123};
  const Tensor bgr = to_input(pixel, caffe);
  EXPECT_EQ(bgr.data_ptr<float>()[0], 100);  // blue
  EXPECT_EQ(bgr.data_ptr<float>()[1], -15);
  EXPECT_EQ(bgr.data_ptr<float>()[2], -72);  // red
}

TEST(preprocess, grey_is_luma) {
  Preprocess p = plain(1, 1);
  p.channels = "GREY";
  p.mean = {10};
  p.std = {2};
  const Tensor input = to_input(make_image(1, 1, {200, 100, 50}), p);
  EXPECT_EQ(input.sizes().vec(), (Shape{1, 1, 1, 1}));
  EXPECT_EQ(input.item<float>(), 57);  // 0.299*200 + 0.587*100 + 0.114*50 = 124.2 -> (124 - 10) / 2
  EXPECT_EQ(to_picture(input, p).rgb, (std::vector<std::uint8_t>{124, 124, 124}));
}

TEST(preprocess, planes_are_rows_from_the_top) {
  const Tensor input = to_input(ramps(6, 4), plain(6, 4));
  EXPECT_EQ(input.sizes().vec(), (Shape{1, 3, 4, 6}));
  const float* data = input.data_ptr<float>();
  EXPECT_EQ(data[5], 250);        // red, top right
  EXPECT_EQ(data[24 + 5], 0);     // green, top right
  EXPECT_EQ(data[24 + 18], 250);  // green, bottom left
}

TEST(preprocess, there_and_back) {
  const Image image = ramps(16, 16);
  for (const char* order : {"RGB", "BGR"}) {
    Preprocess p = plain(16, 16);
    p.channels = order;
    p.scale = 1.0 / 255;
    p.mean = {0.485, 0.456, 0.406};
    p.std = {0.229, 0.224, 0.225};
    EXPECT_EQ(to_picture(to_input(image, p), p).rgb, image.rgb) << order;
    EXPECT_EQ(to_picture(to_input(image, p).squeeze(0), p).rgb, image.rgb) << order;
  }
}

TEST(preprocess, to_picture_clips_and_survives) {
  Tensor input = at::empty({3, 1, 1}, at::TensorOptions(at::kFloat));
  input.data_ptr<float>()[0] = -5;
  input.data_ptr<float>()[1] = 300;
  input.data_ptr<float>()[2] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(to_picture(input, plain(1, 1)).rgb, (std::vector<std::uint8_t>{0, 255, 0}));
  EXPECT_TRUE(test::holds(test::failure_of([&] { to_picture(input.slice(0, 0, 2), plain(1, 1)); }), "shape: "));
  EXPECT_TRUE(test::holds(test::failure_of([&] { to_picture(Tensor(), plain(1, 1)); }), "shape: "));
}

TEST(preprocess, shortest_side_then_centre) {
  Preprocess p = plain(20, 20, Fit::shortest_side);
  p.resize_to = 40;
  // 160 x 80 becomes 80 x 40; its columns 30..49 and rows 10..29 stay.
  const Image fitted = fit_image(ramps(160, 80), p);
  EXPECT_EQ(fitted.width, 20);
  EXPECT_EQ(fitted.height, 20);
  EXPECT_NEAR(fitted.at(0, 0)[0], 250 * 30.5 / 80, 2);
  EXPECT_NEAR(fitted.at(19, 0)[0], 250 * 49.5 / 80, 2);
  EXPECT_NEAR(fitted.at(0, 0)[1], 250 * 10.5 / 40, 4);
  EXPECT_NEAR(fitted.at(0, 19)[1], 250 * 29.5 / 40, 4);
}

TEST(preprocess, small_pictures_are_enlarged_never_distorted) {
  Preprocess p = plain(40, 40, Fit::shortest_side);
  p.resize_to = 20;  // less than the crop: enlarged until the crop fits
  const Image fitted = fit_image(ramps(10, 20), p);
  EXPECT_EQ(fitted.width, 40);
  EXPECT_EQ(fitted.height, 40);
  // All of the width (factor 4), the middle half of the height.
  EXPECT_NEAR(fitted.at(39, 0)[0], 250, 2);
  EXPECT_NEAR(fitted.at(0, 0)[1], 62.5, 8);
  EXPECT_NEAR(fitted.at(0, 39)[1], 187.5, 8);
}

TEST(preprocess, central_share_is_stretched) {
  Preprocess p = plain(10, 10, Fit::central_share);
  p.central_share = 0.5;
  // The middle half of 40 x 20, columns 10..29 and rows 5..14, becomes 10 x 10.
  const Image fitted = fit_image(ramps(40, 20), p);
  EXPECT_NEAR(fitted.at(0, 0)[0], 250 * 10.5 / 39, 2);
  EXPECT_NEAR(fitted.at(9, 0)[0], 250 * 28.5 / 39, 2);
  EXPECT_NEAR(fitted.at(0, 0)[1], 250 * 5 / 19.0, 2);
  EXPECT_NEAR(fitted.at(0, 9)[1], 250 * 14 / 19.0, 2);
}

TEST(preprocess, shrinking_averages) {
  // Stripes one pixel wide: bilinear samples alone would show one kind of stripe or beats.
  Image stripes = make_image(400, 10);
  for (int y = 0; y < 10; ++y) {
    for (int x = 0; x < 400; x += 2) std::fill_n(stripes.at(x, y), 3, std::uint8_t{255});
  }
  const Image fitted = fit_image(stripes, plain(37, 10));
  for (int x = 0; x < 37; ++x) EXPECT_NEAR(fitted.at(x, 5)[0], 127.5, 13) << x;
  const Image tall = fit_image(stripes, plain(20, 40));
  EXPECT_EQ(tall.height, 40);
  EXPECT_NEAR(tall.at(7, 20)[0], 127.5, 1);
}

TEST(preprocess, a_fitted_picture_is_not_fitted_again) {
  Preprocess p = plain(20, 20, Fit::shortest_side);
  p.resize_to = 24;
  const Image once = fit_image(ramps(50, 30), p);
  EXPECT_EQ(fit_image(once, p).rgb, once.rgb);
  EXPECT_TRUE(to_input(once, p).equal(to_input(ramps(50, 30), p)));
}

TEST(preprocess, one_pixel_wide) {
  for (const Fit fit : {Fit::shortest_side, Fit::central_share, Fit::stretch}) {
    Preprocess p = plain(224, 224, fit);
    p.resize_to = 256;
    p.central_share = 0.875;
    for (const auto& [width, height] : {std::pair{1, 1}, {1, 10000}, {30000, 1}, {2, 3}}) {
      const Image fitted = fit_image(make_image(width, height, {7, 8, 9}), p);
      EXPECT_EQ(fitted.width, 224);
      EXPECT_EQ(fitted.height, 224);
      EXPECT_EQ(fitted.at(223, 223)[2], 9);
    }
  }
}

TEST(preprocess, incomplete_or_empty) {
  Preprocess p = plain(2, 2);
  EXPECT_TRUE(test::holds(test::failure_of([&] { to_input(Image{}, p); }), "usage: "));
  p.mean = {0};
  EXPECT_TRUE(test::holds(test::failure_of([&] { to_input(make_image(2, 2), p); }), "internal: "));
}

}  // namespace
}  // namespace fovea

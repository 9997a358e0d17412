// Colour maps: their published ends, and what makes them fit for reading values off.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <ATen/ops/empty.h>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include <limits>

#include <fovea/image.h>

#include "../support/failure.h"

namespace fovea {
namespace {

double luma(const Colour& c) { return 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2]; }

TEST(colour_map, published_ends) {
  // matplotlib's tables: viridis (68,1,84) .. (253,231,37); inferno and magma begin at (0,0,4) rounded.
  const Colour low = colour_of("viridis", 0);
  const Colour high = colour_of("viridis", 1);
  const Colour expected_low{68, 1, 84};
  const Colour expected_high{253, 231, 37};
  for (std::size_t c = 0; c < 3; ++c) {
    EXPECT_NEAR(low[c], expected_low[c], 1);
    EXPECT_NEAR(high[c], expected_high[c], 1);
    EXPECT_LE(colour_of("inferno", 0)[c], 4);
    EXPECT_LE(colour_of("magma", 0)[c], 4);
    EXPECT_EQ(colour_of("grey", 0.2)[c], 51);
  }
  EXPECT_GT(colour_of("inferno", 0.7)[0], colour_of("inferno", 0.7)[2]) << "red and blue are swapped";
}

TEST(colour_map, tables_are_those_that_opencv_carries) {
  cv::Mat ramp(1, 256, CV_8UC1);
  for (int i = 0; i < 256; ++i) ramp.at<std::uint8_t>(i) = static_cast<std::uint8_t>(i);
  for (const auto& [name, map] : {std::pair{"inferno", cv::COLORMAP_INFERNO},
                                  std::pair{"viridis", cv::COLORMAP_VIRIDIS}, std::pair{"magma", cv::COLORMAP_MAGMA}}) {
    cv::Mat bgr;
    cv::applyColorMap(ramp, bgr, map);
    for (int i = 0; i < 256; ++i) {
      const auto& c = bgr.at<cv::Vec3b>(i);
      ASSERT_EQ(colour_of(name, i / 255.0), (Colour{c[2], c[1], c[0]})) << name << " " << i;
    }
  }
}

TEST(colour_map, lighter_is_more) {
  for (const char* name : {"inferno", "viridis", "magma", "grey"}) {
    for (int i = 1; i <= 32; ++i) {
      EXPECT_GT(luma(colour_of(name, i / 32.0)), luma(colour_of(name, (i - 1) / 32.0))) << name << " at " << i;
    }
  }
}

TEST(colour_map, diverging_is_morelands) {
  // The published table's ends and middle: (59,76,192), (221,221,221), (180,4,38).
  EXPECT_EQ(colour_of("diverging", 0), (Colour{59, 76, 192}));
  EXPECT_EQ(colour_of("diverging", 0.5), (Colour{221, 221, 221}));
  EXPECT_EQ(colour_of("diverging", 1), (Colour{180, 4, 38}));
  // Another of its rows, at a quarter: (141,176,254).
  EXPECT_EQ(colour_of("diverging", 0.25), (Colour{141, 176, 254}));
}

TEST(colour_map, values_outside_are_clamped) {
  for (const char* name : {"inferno", "diverging"}) {
    EXPECT_EQ(colour_of(name, -3), colour_of(name, 0));
    EXPECT_EQ(colour_of(name, std::numeric_limits<double>::infinity()), colour_of(name, 1));
    EXPECT_NO_THROW(colour_of(name, std::numeric_limits<double>::quiet_NaN()));
  }
}

TEST(colour_map, unknown_name) {
  EXPECT_EQ(test::failure_of([] { colour_of("jet", 0); }), "usage: there is no colour map 'jet'");
  EXPECT_EQ(test::failure_of([] { colour_of("infermo", 0); }), "usage: there is no colour map 'infermo'");
}

TEST(colour_map, colourise_keeps_rows_and_columns) {
  Tensor map = at::empty({2, 3}, at::TensorOptions(at::kFloat)).zero_();
  map.data_ptr<float>()[4] = 1;  // row 1, column 1
  const Image image = colourise(map, "grey");
  EXPECT_EQ(image.width, 3);
  EXPECT_EQ(image.height, 2);
  EXPECT_EQ(image.at(1, 1)[0], 255);
  EXPECT_EQ(image.at(1, 0)[0], 0);
  EXPECT_EQ(colourise(map.t(), "grey").at(1, 1)[0], 255);
  EXPECT_TRUE(test::holds(test::failure_of([&] { colourise(map.unsqueeze(0), "grey"); }), "shape: "));
}

}  // namespace
}  // namespace fovea

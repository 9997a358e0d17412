// Resampling held against OpenCV's over many sizes: networks are fed by it.
// SPDX-License-Identifier: Apache-2.0
#include "image/resample.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace fovea {
namespace {

struct Sizes {
  int w, h, width, height;
  std::string text() const {
    return std::to_string(w) + "x" + std::to_string(h) + " to " + std::to_string(width) + "x" + std::to_string(height);
  }
};

/// Sides of one pixel, of a few and of hundreds; whole factors, one-sided ones, halves.
std::vector<Sizes> many_sizes() {
  std::mt19937 draw(7);
  const auto side = [&] { return static_cast<int>(1 + draw() % (draw() % 3 == 0 ? 9 : 200)); };
  std::vector<Sizes> sizes{
      {500, 375, 341, 256}, {1024, 768, 224, 224}, {224, 224, 448, 448}, {512, 512, 256, 256}, {3001, 8, 1500, 4}};
  for (int i = 0; i < 300; ++i) {
    Sizes s{side(), side(), side(), side()};
    if (i % 3 == 0)
      s = {.w = s.w * static_cast<int>(1 + draw() % 5),
           .h = s.h * static_cast<int>(1 + draw() % 5),
           .width = s.w,
           .height = s.h};
    if (i % 10 == 0) s = {.w = 2 * s.width, .h = 2 * s.height, .width = s.width, .height = s.height};
    sizes.push_back(s);
  }
  return sizes;
}

/// The largest difference to what OpenCV makes of the same noise.
int apart(const Sizes& s, Interpolation interpolation, int flag) {
  cv::Mat source(s.h, s.w, CV_8UC3);
  cv::RNG(static_cast<std::uint64_t>(s.w) * 1000 + static_cast<std::uint64_t>(s.h))
      .fill(source, cv::RNG::UNIFORM, 0, 256);
  cv::Mat expected;
  cv::resize(source, expected, {s.width, s.height}, 0, 0, flag);
  const std::vector<std::uint8_t> close(source.datastart, source.dataend);  // nothing may be read beyond it
  std::vector<std::uint8_t> found(expected.total() * 3);
  resample({close.data(), std::ptrdiff_t{3} * s.w, s.w, s.h}, interpolation, s.width, s.height, found.data());
  int most = 0;
  for (std::size_t i = 0; i < found.size(); ++i) most = std::max(most, std::abs(found[i] - expected.data[i]));
  return most;
}

TEST(resample, linear_is_opencvs_to_the_byte) {
  for (const Sizes& s : many_sizes()) ASSERT_EQ(apart(s, Interpolation::linear, cv::INTER_LINEAR), 0) << s.text();
}

TEST(resample, area_is_opencvs_to_the_byte) {
  for (const Sizes& s : many_sizes()) ASSERT_EQ(apart(s, Interpolation::area, cv::INTER_AREA), 0) << s.text();
}

TEST(resample, nearest_is_opencvs) {
  for (const Sizes& s : many_sizes()) ASSERT_EQ(apart(s, Interpolation::nearest, cv::INTER_NEAREST), 0) << s.text();
}

TEST(resample, cubic_is_opencvs_to_a_level) {
  for (const Sizes& s : many_sizes()) ASSERT_LE(apart(s, Interpolation::cubic, cv::INTER_CUBIC), 1) << s.text();
}

TEST(resample, a_box_is_resampled_as_if_it_were_a_picture) {
  cv::Mat picture(40, 50, CV_8UC3);
  cv::RNG(3).fill(picture, cv::RNG::UNIFORM, 0, 256);
  for (const cv::Rect& box :
       {cv::Rect(0, 0, 50, 40), cv::Rect(7, 9, 31, 20), cv::Rect(49, 39, 1, 1), cv::Rect(48, 3, 2, 37)}) {
    const cv::Mat part = picture(box);
    const cv::Mat alone = part.clone();
    for (const auto way : {Interpolation::nearest, Interpolation::linear, Interpolation::area, Interpolation::cubic}) {
      std::vector<std::uint8_t> a(std::size_t{3} * 17 * 13);
      std::vector<std::uint8_t> b(a.size());
      resample({part.data, static_cast<std::ptrdiff_t>(part.step[0]), box.width, box.height}, way, 17, 13, a.data());
      resample({alone.data, std::ptrdiff_t{3} * box.width, box.width, box.height}, way, 17, 13, b.data());
      EXPECT_EQ(a, b) << box.x << " " << box.y;
    }
  }
}

template <class Value>
double maps_apart(const Sizes& s, int type) {
  cv::Mat source(s.h, s.w, type);
  cv::RNG(5).fill(source, cv::RNG::UNIFORM, -1, 1);
  cv::Mat expected;
  cv::resize(source, expected, {s.width, s.height}, 0, 0, cv::INTER_LINEAR);
  std::vector<Value> found(expected.total());
  resample(source.ptr<Value>(), s.w, s.h, s.width, s.height, found.data());
  double most = 0;
  for (std::size_t i = 0; i < found.size(); ++i)
    most = std::max<double>(most, std::abs(found[i] - expected.ptr<Value>()[i]));
  return most;
}

TEST(resample, maps_are_opencvs_to_rounding) {
  for (const Sizes& s : many_sizes()) {
    ASSERT_LT(maps_apart<float>(s, CV_32F), 1e-6) << s.text();
    ASSERT_LT(maps_apart<double>(s, CV_64F), 1e-6) << s.text();
  }
}

}  // namespace
}  // namespace fovea

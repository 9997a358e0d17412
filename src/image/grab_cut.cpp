// SPDX-License-Identifier: Apache-2.0
#include "image/grab_cut.h"

#include <algorithm>

#include <ATen/ops/zeros.h>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include <fovea/error.h>

namespace fovea {
namespace {

constexpr double sure_object = 0.95;  // quantiles of the map: Simonyan et al. 2013, section 3.2
constexpr double sure_background = 0.30;
constexpr int rounds = 5;

float quantile(const Tensor& map, double share) {
  const auto rank = static_cast<std::int64_t>(share * static_cast<double>(map.numel() - 1)) + 1;
  return std::get<0>(map.flatten().kthvalue(rank)).item<float>();
}

/// Keeps the largest connected part of a mask of 0 and 1.
cv::Mat largest_part(const cv::Mat& mask) {
  cv::Mat labels;
  cv::Mat stats;
  cv::Mat centres;
  const int count = cv::connectedComponentsWithStats(mask, labels, stats, centres);
  int largest = 0;
  for (int i = 1; i < count; ++i) {
    if (largest == 0 || stats.at<int>(i, cv::CC_STAT_AREA) > stats.at<int>(largest, cv::CC_STAT_AREA)) largest = i;
  }
  return largest == 0 ? mask : cv::Mat(labels == largest);
}

}  // namespace

Tensor segment_by_map(const Image& picture, const Tensor& map) {
  if (map.dim() != 2 || map.size(0) != picture.height || map.size(1) != picture.width) {
    throw Error(ErrorKind::shape, "a segmentation needs a map of the picture's size, " + std::to_string(picture.width) +
                                      "x" + std::to_string(picture.height));
  }
  const Tensor values = map.to(at::kCPU, at::kFloat).contiguous();
  const float high = quantile(values, sure_object);
  const float low = quantile(values, sure_background);
  Tensor result = at::zeros(values.sizes(), at::kFloat);
  if (high <= low) return result;  // the map says nothing
  cv::Mat seeds(picture.height, picture.width, CV_8U);
  const float mid = quantile(values, (sure_object + sure_background) / 2);
  const auto* value = values.data_ptr<float>();
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x, ++value) {
      const int open = *value > mid ? cv::GC_PR_FGD : cv::GC_PR_BGD;
      const int seed = *value > high ? cv::GC_FGD : *value < low ? cv::GC_BGD : open;
      seeds.at<std::uint8_t>(y, x) = static_cast<std::uint8_t>(seed);
    }
  }
  // OpenCV takes no pointer to const; the picture is only read.
  const cv::Mat colours(picture.height, picture.width, CV_8UC3, const_cast<std::uint8_t*>(picture.rgb.data()));
  cv::Mat background;
  cv::Mat foreground;
  cv::setRNGSeed(0);  // its k-means draws: the same cut every time
  cv::grabCut(colours, seeds, cv::Rect(), background, foreground, rounds, cv::GC_INIT_WITH_MASK);
  const cv::Mat object = largest_part((seeds & 1) * 1);
  auto* out = result.data_ptr<float>();
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) *out++ = object.at<std::uint8_t>(y, x) != 0 ? 1.0F : 0.0F;
  }
  return result;
}

}  // namespace fovea

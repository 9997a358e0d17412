// Polygons by OpenCV's integer scan conversion, warps, and GrabCut (Rother, Kolmogorov and Blake 2004, GrabCut).
// SPDX-License-Identifier: Apache-2.0
#include "opencv/pictures.h"

#include <algorithm>
#include <vector>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace fovea::opencv {
namespace {

cv::Mat view(const unsigned char* rgb, int width, int height) {
  // OpenCV takes no pointer to const; sources are only read.
  return {height, width, CV_8UC3, const_cast<unsigned char*>(rgb)};
}

int border_mode(FoveaBorder border) {
  switch (border) {
    case fovea_border_mean: return cv::BORDER_CONSTANT;
    case fovea_border_edge: return cv::BORDER_REPLICATE;
    case fovea_border_reflect: return cv::BORDER_REFLECT;
  }
  return cv::BORDER_CONSTANT;
}

int grab_cut_class(unsigned char seed) {
  switch (seed) {
    case fovea_seed_background: return cv::GC_BGD;
    case fovea_seed_object: return cv::GC_FGD;
    case fovea_seed_likely_object: return cv::GC_PR_FGD;
    default: return cv::GC_PR_BGD;
  }
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

int fill(unsigned char* pixels, int width, int height, const int* corners, const int* counts, int contours, int value,
         int fraction_bits) try {
  cv::Mat target(height, width, CV_8UC1, pixels);
  std::vector<std::vector<cv::Point>> points(static_cast<std::size_t>(contours));
  for (std::vector<cv::Point>& contour : points) {
    for (int i = 0; i < *counts; ++i, corners += 2) contour.emplace_back(corners[0], corners[1]);
    ++counts;
  }
  cv::fillPoly(target, points, cv::Scalar(value), cv::LINE_8, fraction_bits);
  return 1;
} catch (...) {
  return 0;
}

int warp(const unsigned char* rgb, int width, int height, const double* inverse, FoveaBorder border,
         unsigned char* moved) try {
  const cv::Mat source = view(rgb, width, height);
  cv::Mat target = view(moved, width, height);
  cv::warpAffine(source, target, cv::Matx23d(inverse), target.size(), cv::INTER_CUBIC | cv::WARP_INVERSE_MAP,
                 border_mode(border), cv::mean(source));
  return 1;
} catch (...) {
  return 0;
}

int cut(const unsigned char* rgb, int width, int height, const unsigned char* seeds, int rounds,
        unsigned char* object) try {
  cv::Mat classes(height, width, CV_8U);
  std::transform(seeds, seeds + classes.total(), classes.data, grab_cut_class);
  cv::Mat background;
  cv::Mat foreground;
  cv::setRNGSeed(0);  // its k-means draws: the same cut every time
  cv::grabCut(view(rgb, width, height), classes, cv::Rect(), background, foreground, rounds, cv::GC_INIT_WITH_MASK);
  const cv::Mat largest = largest_part(classes & 1);  // both classes of the object are odd
  std::transform(largest.datastart, largest.dataend, object, [](unsigned char inside) { return inside != 0 ? 1 : 0; });
  return 1;
} catch (...) {
  return 0;
}

}  // namespace fovea::opencv

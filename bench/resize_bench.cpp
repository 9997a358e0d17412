// Our resampling beside OpenCV's, in one process and one thread: the least time of many, and their ratio.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "image/resample.h"

namespace {

using namespace fovea;  // NOLINT(google-build-using-namespace): a program of one file

struct Way {
  const char* name;
  Interpolation ours;
  int opencvs;
};

constexpr Way ways[] = {{"nearest", Interpolation::nearest, cv::INTER_NEAREST},
                        {"linear", Interpolation::linear, cv::INTER_LINEAR},
                        {"area", Interpolation::area, cv::INTER_AREA},
                        {"cubic", Interpolation::cubic, cv::INTER_CUBIC}};

template <class Call>
double milliseconds(const Call& call) {
  const auto begun = std::chrono::steady_clock::now();
  call();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begun).count();
}

void compare(int w, int h, int width, int height) {
  constexpr int rounds = 60;
  cv::Mat source(h, w, CV_8UC3);
  cv::randu(source, 0, 256);
  cv::Mat target(height, width, CV_8UC3);
  std::vector<std::uint8_t> to(target.total() * 3);
  for (const Way& way : ways) {
    double opencvs = 1e9;
    double ours = 1e9;
    for (int i = 0; i < rounds; ++i) {
      opencvs = std::min(opencvs, milliseconds([&] { cv::resize(source, target, target.size(), 0, 0, way.opencvs); }));
      ours = std::min(ours, milliseconds([&] {
                        resample({source.data, std::ptrdiff_t{3} * w, w, h}, way.ours, width, height, to.data());
                      }));
    }
    std::printf("%4d x %4d to %4d x %4d  %-8s OpenCV %6.3f ms  ours %6.3f ms  ratio %.2f\n", w, h, width, height,
                way.name, opencvs, ours, ours / opencvs);
  }
}

}  // namespace

int main() {
  cv::setNumThreads(0);
  for (const auto& [w, h] : {std::pair{500, 375}, std::pair{1024, 768}, std::pair{896, 672}}) compare(w, h, 224, 224);
  compare(500, 375, 341, 256);
  compare(1024, 1024, 512, 512);
  compare(224, 224, 1024, 1024);
  compare(64, 64, 224, 224);
}

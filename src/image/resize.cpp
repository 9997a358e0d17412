// Changes of size: pictures and maps through OpenCV's resize, half-pixel centres (x_source = (x + 0.5) * scale - 0.5).
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include <ATen/ops/empty.h>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include <fovea/error.h>
#include <fovea/image.h>

namespace fovea {
namespace {

int flag_of(Interpolation interpolation) {
  switch (interpolation) {
    case Interpolation::nearest: return cv::INTER_NEAREST;
    case Interpolation::linear: return cv::INTER_LINEAR;
    case Interpolation::area: return cv::INTER_AREA;
    case Interpolation::cubic: return cv::INTER_CUBIC;
  }
  return cv::INTER_LINEAR;
}

void check_size(int width, int height, const char* what) {
  if (width > 0 && height > 0) return;
  throw Error(ErrorKind::usage, std::string(what) + " cannot be resized to " + std::to_string(width) + "x" +
                                    std::to_string(height) + ": both sides must be at least 1");
}

cv::Mat view(const Image& image) {
  // OpenCV takes no pointer to const; sources are only read.
  return {image.height, image.width, CV_8UC3, const_cast<std::uint8_t*>(image.rgb.data())};
}

}  // namespace

Image resize(const Image& image, int width, int height, Interpolation interpolation) {
  check_size(width, height, "a picture");
  if (image.width <= 0 || image.height <= 0) {
    throw Error(ErrorKind::usage, "a picture without pixels has no other size");
  }
  if (image.width == width && image.height == height) return image;
  Image result = make_image(width, height);
  cv::Mat target = view(result);
  cv::resize(view(image), target, target.size(), 0, 0, flag_of(interpolation));
  return result;
}

Image crop(const Image& image, int x, int y, int width, int height) {
  const bool inside = x >= 0 && y >= 0 && width >= 0 && height >= 0 && width <= image.width &&
                      x <= image.width - width && height <= image.height && y <= image.height - height;
  if (!inside) {
    throw Error(ErrorKind::usage, "the box " + std::to_string(width) + "x" + std::to_string(height) + " at (" +
                                      std::to_string(x) + ", " + std::to_string(y) +
                                      ") does not lie inside a picture of " + std::to_string(image.width) + "x" +
                                      std::to_string(image.height) + " px");
  }
  Image result = make_image(width, height);
  if (width == 0) return result;
  for (int row = 0; row < height; ++row) {
    std::copy_n(image.at(x, y + row), std::size_t{3} * static_cast<std::size_t>(width), result.at(0, row));
  }
  return result;
}

Tensor resize_map(const Tensor& map, int width, int height) {
  check_size(width, height, "a map");
  if (!map.defined() || map.dim() != 2 || map.numel() == 0) {
    throw Error(ErrorKind::shape, "a map to resize must have two axes [h,w] with at least one value each");
  }
  // Double stays double; everything else is computed in float32.
  const at::ScalarType type = map.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
  const Tensor source = map.detach().to(at::kCPU, type).contiguous();
  Tensor result = at::empty({height, width}, source.options());
  const int cv_type = type == at::kDouble ? CV_64F : CV_32F;
  const cv::Mat from(static_cast<int>(source.size(0)), static_cast<int>(source.size(1)), cv_type, source.data_ptr());
  cv::Mat to(height, width, cv_type, result.data_ptr());
  cv::resize(from, to, to.size(), 0, 0, cv::INTER_LINEAR);
  return result;
}

}  // namespace fovea

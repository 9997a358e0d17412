// Changes of size of pictures and maps; boxes of pictures.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include <ATen/ops/empty.h>

#include <fovea/error.h>
#include <fovea/image.h>

#include "image/resample.h"

namespace fovea {
namespace {

void check_size(int width, int height, const char* what) {
  if (width > 0 && height > 0) return;
  throw Error(ErrorKind::usage, std::string(what) + " cannot be resized to " + std::to_string(width) + "x" +
                                    std::to_string(height) + ": both sides must be at least 1");
}

}  // namespace

Image resize(const Image& image, int width, int height, Interpolation interpolation) {
  check_size(width, height, "a picture");
  if (image.width <= 0 || image.height <= 0) {
    throw Error(ErrorKind::usage, "a picture without pixels has no other size");
  }
  if (image.width == width && image.height == height) return image;
  Image result = make_image(width, height);
  resample({image.rgb.data(), std::ptrdiff_t{3} * image.width, image.width, image.height}, interpolation, width, height,
           result.rgb.data());
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
  const auto h = static_cast<int>(source.size(0));
  const auto w = static_cast<int>(source.size(1));
  if (type == at::kDouble) {
    resample(source.data_ptr<double>(), w, h, width, height, result.data_ptr<double>());
  } else {
    resample(source.data_ptr<float>(), w, h, width, height, result.data_ptr<float>());
  }
  return result;
}

}  // namespace fovea

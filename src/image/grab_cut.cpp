// SPDX-License-Identifier: Apache-2.0
#include "image/grab_cut.h"

#include <vector>

#include <ATen/ops/zeros.h>

#include <fovea/error.h>

#include "core/part_library.h"

namespace fovea {
namespace {

constexpr double sure_object = 0.95;  // quantiles of the map: Simonyan et al. 2013, section 3.2
constexpr double sure_background = 0.30;
constexpr int rounds = 5;

float quantile(const Tensor& map, double share) {
  const auto rank = static_cast<std::int64_t>(share * static_cast<double>(map.numel() - 1)) + 1;
  return std::get<0>(map.flatten().kthvalue(rank)).item<float>();
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
  const float mid = quantile(values, (sure_object + sure_background) / 2);
  std::vector<unsigned char> seeds;
  seeds.reserve(static_cast<std::size_t>(values.numel()));
  const auto* value = values.data_ptr<float>();
  for (std::int64_t i = 0; i < values.numel(); ++i, ++value) {
    const FoveaSeed open = *value > mid ? fovea_seed_likely_object : fovea_seed_likely_background;
    const FoveaSeed seed = *value > high ? fovea_seed_object : *value < low ? fovea_seed_background : open;
    seeds.push_back(static_cast<unsigned char>(seed));
  }
  std::vector<unsigned char> object(seeds.size());
  if (opencv_part().cut(picture.rgb.data(), picture.width, picture.height, seeds.data(), rounds, object.data()) == 0) {
    throw Error(ErrorKind::internal, "GrabCut failed on a picture of " + std::to_string(picture.width) + "x" +
                                         std::to_string(picture.height) + " px");
  }
  std::copy(object.begin(), object.end(), result.data_ptr<float>());
  return result;
}

}  // namespace fovea

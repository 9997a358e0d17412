// Devices.
// SPDX-License-Identifier: Apache-2.0
#include "shared/device.h"

#include <ATen/Context.h>

#include <fovea/error.h>

namespace fovea::cli {

void require_device(const std::string& device) {
  if (device == "cuda" && !at::hasCUDA()) {
    throw Error(ErrorKind::unsupported, "--device cuda: this libtorch has no CUDA, or there is no GPU",
                "leave --device out, or build with -DFOVEA_LIBTORCH=DIR and a libtorch that has CUDA");
  }
}

Tensor to_device(const Tensor& tensor, const std::string& device) {
  return device == "cuda" ? tensor.to(at::kCUDA) : tensor;
}

Model on_device(Model model, const std::string& device) {
  if (device != "cuda") return model;
  Weights weights = model.graph.weights();
  for (Tensor& weight : weights) {
    if (weight.defined() && weight.is_floating_point()) weight = to_device(weight, device);
  }
  model.graph = model.graph.with_weights(std::move(weights));
  return model;
}

}  // namespace fovea::cli

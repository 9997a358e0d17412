// Devices and threads.
// SPDX-License-Identifier: Apache-2.0
#include "shared/device.h"

#include <dlfcn.h>

#include <ATen/Context.h>
#include <ATen/Parallel.h>

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

void set_threads(int threads) {
  at::set_num_threads(threads);
  // Debian's libtorch calls whatever BLAS the system has; OpenBLAS is asked by name, for another one lacks the
  // function.
  using Setter = void (*)(int);
  if (const auto set = reinterpret_cast<Setter>(::dlsym(RTLD_DEFAULT, "openblas_set_num_threads"))) set(threads);
}

int thread_count() { return at::get_num_threads(); }

}  // namespace fovea::cli

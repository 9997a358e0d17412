// Checks of maps and masks before they are measured.
// SPDX-License-Identifier: Apache-2.0
#include "score/checks.h"

#include <string>

#include <ATen/ops/isfinite.h>

#include <fovea/error.h>

namespace fovea {
namespace {

std::string shape_of(const Tensor& tensor) {
  if (!tensor.defined()) return "nothing";
  std::string text = "[";
  for (std::int64_t axis = 0; axis < tensor.dim(); ++axis) {
    text += (axis > 0 ? "," : "") + std::to_string(tensor.size(axis));
  }
  return text + "]";
}

}  // namespace

Tensor checked_map(const Tensor& map) {
  if (!map.defined() || map.dim() != 2 || map.numel() == 0) {
    throw Error(ErrorKind::shape, "a map to measure must be [H,W] with at least one pixel, found " + shape_of(map),
                "`evidence` makes one of a technique's answer");
  }
  const Tensor values = map.detach().to(at::kCPU, at::kDouble).contiguous();
  const auto finite = at::isfinite(values).sum().item<std::int64_t>();
  if (finite == values.numel()) return values;
  throw Error(ErrorKind::usage,
              "the map holds " + std::to_string(values.numel() - finite) + " values of " +
                  std::to_string(values.numel()) + " that are NaN or infinite: it cannot be measured",
              "look for the value of the network where they first appear");
}

Tensor checked_mask(const Tensor& mask, std::int64_t height, std::int64_t width) {
  const bool fits = mask.defined() && mask.dim() == 2 && mask.size(0) == height && mask.size(1) == width;
  if (!fits) {
    throw Error(ErrorKind::shape,
                "the mask is " + shape_of(mask) + ", expected the map's size [" + std::to_string(height) + "," +
                    std::to_string(width) + "]",
                "bring both to the picture's size");
  }
  if (mask.scalar_type() != at::kByte && mask.scalar_type() != at::kBool) {
    throw Error(ErrorKind::shape, std::string("a mask holds uint8 or bool, found ") + at::toString(mask.scalar_type()));
  }
  return mask.detach().to(at::kCPU).ne(0).to(at::kByte).contiguous();
}

}  // namespace fovea

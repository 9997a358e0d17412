// Confidences of a network in pictures, in batches.
// SPDX-License-Identifier: Apache-2.0
#include "make/shared/judge.h"

#include <algorithm>
#include <vector>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/constant_pad_nd.h>

#include <fovea/display.h>

#include "make/shared/common.h"

namespace fovea::make {

Judge::Judge(const MakeCall& call)
    : model_(call.network()),
      preprocess_(preprocess_of(model_)),
      batch_(batch_of(call)),
      crops_(call.options.integer("crops")) {
  const auto side = call.options.integer("size");
  height_ = side > 0 ? side : preprocess_.height;
  width_ = side > 0 ? side : preprocess_.width;
}

Tensor Judge::operator()(const Tensor& pictures) const {
  const c10::AutoGradMode no_grad(false);
  std::vector<Tensor> parts;
  for (std::int64_t begin = 0; begin < pictures.size(0); begin += batch_) {
    const Tensor part = pictures.narrow(0, begin, std::min(batch_, pictures.size(0) - begin));
    Tensor sum;
    for (std::int64_t crop = 0; crop < crops_; ++crop) {
      const Tensor seen = resize_pictures(shifted(part, crop), preprocess_.height, preprocess_.width);
      const Trace trace =
          run(model_.graph, display_to_input(seen, preprocess_), {.tape = Tape::none, .keep = KeepValues::none});
      const Tensor confidence = trace.scores().to(at::kDouble).softmax(1);
      sum = sum.defined() ? sum + confidence : confidence;
    }
    parts.push_back(sum / static_cast<double>(crops_));
  }
  return at::cat(parts).to(at::kCPU);
}

Tensor Judge::shifted(const Tensor& pictures, std::int64_t crop) const {
  if (crop == 0) return pictures;
  constexpr std::int64_t places = 5;  // across and down
  constexpr std::int64_t share = 8;
  const std::int64_t h = height_ - height_ / share;
  const std::int64_t w = width_ - width_ / share;
  const std::int64_t top = (crop / places) * (height_ - h) / (places - 1);
  const std::int64_t left = (crop % places) * (width_ - w) / (places - 1);
  const Tensor cut = pictures.narrow(2, top, h).narrow(3, left, w);
  return at::constant_pad_nd(cut, {left, width_ - w - left, top, height_ - h - top}, 1);
}

}  // namespace fovea::make

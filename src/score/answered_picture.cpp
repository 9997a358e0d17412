// Boxes and masks follow a picture to the network's size: they are drawn as pictures and go the same way.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <ATen/ops/zeros.h>

#include <fovea/error.h>
#include <fovea/map_scores.h>
#include <fovea/score.h>

namespace fovea {
namespace {

constexpr std::uint8_t half = 128;

Image picture_of(const Tensor& mask) {
  Image picture = make_image(static_cast<int>(mask.size(1)), static_cast<int>(mask.size(0)));
  const Tensor marks = mask.contiguous();
  const auto* mark = marks.data_ptr<std::uint8_t>();
  for (std::size_t i = 0; i < picture.rgb.size(); ++i) picture.rgb[i] = mark[i / 3] != 0 ? 255 : 0;
  return picture;
}

Tensor fitted(const Tensor& mask, const Preprocess& preprocess) {
  const Image picture = fit_image(picture_of(mask), preprocess);
  const std::array<std::int64_t, 2> shape{picture.height, picture.width};
  Tensor result = at::zeros(shape, at::TensorOptions(at::kByte));
  auto* mark = result.data_ptr<std::uint8_t>();
  for (std::size_t i = 0; i < picture.rgb.size() / 3; ++i) mark[i] = picture.rgb[3 * i] >= half ? 1 : 0;
  return result;
}

/// The box around what a mask marks; empty where it marks nothing.
Box box_around(const Tensor& mask, std::int64_t label) {
  const Tensor marked = mask.nonzero();
  if (marked.size(0) == 0) return {.label = label};
  const Tensor low = std::get<0>(marked.min(0));
  const Tensor high = std::get<0>(marked.max(0));
  const auto edge = [](const Tensor& t, std::int64_t axis) {
    return static_cast<double>(t[axis].item<std::int64_t>());
  };
  return {edge(low, 1), edge(low, 0), edge(high, 1) + 1, edge(high, 0) + 1, label};
}

}  // namespace

AnsweredPicture answered_picture(const Sample& sample, const Model& model) {
  const auto& preprocess = model.card.preprocess;
  if (!preprocess) {
    throw Error(ErrorKind::usage, "the model does not say how a picture becomes its input",
                "give it a card, or name a preset by --preprocess");
  }
  AnsweredPicture answered{.seen = fit_image(sample.picture, *preprocess), .input = {}, .mask = {}, .boxes = {}};
  answered.input = to_input(answered.seen, *preprocess);
  Tensor all;
  for (const Box& box : sample.boxes) {
    if (box.label != sample.label) continue;
    const Tensor mask = fitted(mask_of(std::span(&box, 1), sample.picture.width, sample.picture.height), *preprocess);
    const Box seen = box_around(mask, box.label);
    if (seen.x1 <= seen.x0) continue;  // cut off
    answered.boxes.push_back(seen);
    all = all.defined() ? all.maximum(mask) : mask;
  }
  answered.mask = all;
  answered.mask_of_boxes = true;
  if (sample.mask.defined()) {
    const Tensor mask = fitted(sample.mask, *preprocess);
    if (mask.any().item<bool>()) {
      answered.mask = mask;
      answered.mask_of_boxes = false;
    }
  }
  return answered;
}

}  // namespace fovea

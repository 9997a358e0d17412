// Display units (RGB in [0,1]) to a network's input and back: x = (255 v scale - mean) / std per channel,
// differentiable.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/display.h>

#include <algorithm>
#include <cmath>

#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include <fovea/error.h>

namespace fovea {
namespace {

constexpr double white = 255;

/// Rec. 601's luma, as `to_input` computes grey.
constexpr double luma_weights[] = {0.299, 0.587, 0.114};

bool is_grey(const Preprocess& p) { return p.channels == "GREY"; }

Tensor channel_table(const std::vector<double>& values, const Tensor& like) {
  std::vector<float> floats(values.begin(), values.end());
  return at::tensor(floats).to(like.device(), like.scalar_type()).reshape({1, -1, 1, 1});
}

}  // namespace

Tensor to_display(const Image& image) {
  Tensor display = at::empty({1, 3, image.height, image.width}, at::TensorOptions(at::kFloat));
  auto* to = display.data_ptr<float>();
  for (std::size_t c = 0; c < 3; ++c) {
    for (std::size_t i = c; i < image.rgb.size(); i += 3) *to++ = static_cast<float>(image.rgb[i] / white);
  }
  return display;
}

Image from_display(const Tensor& display) {
  const bool one = display.defined() && display.dim() == 4 && display.size(0) == 1;
  if (!(one || (display.defined() && display.dim() == 3)) || display.size(-3) != 3) {
    throw Error(ErrorKind::shape, "a picture in display units must be [3,H,W] or [1,3,H,W]");
  }
  const Tensor floats = display.detach().to(at::kCPU, at::kFloat).contiguous();
  const auto* values = floats.data_ptr<float>();
  Image image = make_image(static_cast<int>(display.size(-1)), static_cast<int>(display.size(-2)));
  const std::size_t plane = image.rgb.size() / 3;
  for (std::size_t i = 0; i < plane; ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      const double pixel = white * static_cast<double>(values[c * plane + i]);
      image.rgb[3 * i + c] =
          static_cast<std::uint8_t>(std::isnan(pixel) ? 0 : std::lround(std::clamp(pixel, 0.0, white)));
    }
  }
  return image;
}

Tensor display_to_input(const Tensor& display, const Preprocess& p) {
  if (display.dim() != 4 || display.size(1) != 3) {
    throw Error(ErrorKind::shape, "pictures in display units must be [N,3,H,W]");
  }
  Tensor channels = display;
  if (is_grey(p)) {
    channels = (display * channel_table({luma_weights[0], luma_weights[1], luma_weights[2]}, display)).sum(1, true);
  } else if (p.channels == "BGR") {
    channels = display.flip({1});
  }
  std::vector<double> gain;
  std::vector<double> shift;
  for (std::size_t c = 0; c < p.mean.size(); ++c) {
    gain.push_back(white * p.scale / p.std[c]);
    shift.push_back(-p.mean[c] / p.std[c]);
  }
  return channels * channel_table(gain, display) + channel_table(shift, display);
}

Tensor input_to_display(const Tensor& input, const Preprocess& p) {
  if (input.dim() != 4 || input.size(1) != (is_grey(p) ? 1 : 3)) {
    throw Error(ErrorKind::shape, "a network's input must be [N," + std::string(is_grey(p) ? "1" : "3") + ",H,W]");
  }
  std::vector<double> gain;
  std::vector<double> shift;
  for (std::size_t c = 0; c < p.mean.size(); ++c) {
    gain.push_back(p.std[c] / (white * p.scale));
    shift.push_back(p.mean[c] / (white * p.scale));
  }
  const Tensor display = input * channel_table(gain, input) + channel_table(shift, input);
  if (is_grey(p)) return display.expand({-1, 3, -1, -1}).contiguous();
  return p.channels == "BGR" ? display.flip({1}) : display;
}

const Preprocess& preprocess_of(const Model& model) {
  if (model.card.preprocess) return *model.card.preprocess;
  throw Error(ErrorKind::usage, "the model does not say how a picture becomes its input",
              "put a card beside it, or say --preprocess imagenet, caffe, tf or none");
}

Tensor mean_colour(const Preprocess& p) {
  const bool subtracts = std::any_of(p.mean.begin(), p.mean.end(), [](double mean) { return mean != 0; });
  if (!subtracts) return at::full({1, 3, 1, 1}, 0.5);
  const Tensor zero = at::zeros({1, is_grey(p) ? 1 : 3, 1, 1}, at::TensorOptions(at::kFloat));
  return input_to_display(zero, p);
}

Graph with_free_size(const Graph& graph) {
  Graph::Parts parts = graph.parts();
  if (parts.inputs.empty()) return graph;
  Shape& declared = parts.values[parts.inputs.front()].declared;
  for (std::size_t axis = 2; axis < declared.size(); ++axis) declared[axis] = -1;
  return Graph(std::move(parts));
}

}  // namespace fovea

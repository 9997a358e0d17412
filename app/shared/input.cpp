// Reading inputs.
// SPDX-License-Identifier: Apache-2.0
#include "shared/input.h"

#include <fovea/error.h>
#include <fovea/npy.h>

#include "core/lower_case.h"
#include "shared/text.h"

namespace fovea::cli {
namespace {

Input read_picture(const std::filesystem::path& path, const Model& model) {
  const Image picture = read_image(path);
  if (!model.card.preprocess) {
    throw Error(ErrorKind::usage, model.path.string() + " has no card: how a picture becomes its input is not known",
                "say it by --preprocess imagenet|caffe|tf|none, or write a card " +
                    std::filesystem::path(model.path).replace_extension(".json").string() + "; a .npy needs none");
  }
  Image seen = fit_image(picture, *model.card.preprocess);
  Tensor tensor = to_input(seen, *model.card.preprocess);
  return {path, std::move(tensor), std::move(seen)};
}

/// Makes a picture of numbers whose meaning is unknown: the smallest black, the largest white.
Image stretched(const Tensor& map) {
  const Tensor colours = map.size(0) == 3 ? map : map.mean(0, true);
  const double low = colours.min().item<double>();
  const double range = colours.max().item<double>() - low;
  const Preprocess linear{.width = static_cast<int>(map.size(2)),
                          .height = static_cast<int>(map.size(1)),
                          .channels = colours.size(0) == 3 ? "RGB" : "GREY",
                          .scale = 1.0 / 255,
                          .mean = std::vector<double>(static_cast<std::size_t>(colours.size(0)), 0),
                          .std = std::vector<double>(static_cast<std::size_t>(colours.size(0)), 1)};
  return to_picture(range > 0 ? (colours - low) / range : colours * 0, linear);
}

/// Draws what a tensor shows: by the card where it speaks of as many channels.
Image picture_of(const Tensor& tensor, const Card& card) {
  if (tensor.dim() != 4 || tensor.numel() == 0) return {};
  const Tensor first = tensor[0];
  const std::int64_t channels = card.preprocess ? static_cast<std::int64_t>(card.preprocess->mean.size()) : 0;
  return channels == first.size(0) ? to_picture(first, *card.preprocess) : stretched(first);
}

Input read_tensor(const std::filesystem::path& path, const Model& model) {
  Tensor tensor = read_floats(path);
  if (model.graph.inputs().empty()) throw Error(ErrorKind::usage, model.path.string() + " has no input");
  const Shape& declared = model.graph.value(model.graph.inputs().front()).declared;
  const std::int64_t axes = declared.empty() ? 4 : static_cast<std::int64_t>(declared.size());
  if (tensor.dim() + 1 == axes) tensor = tensor.unsqueeze(0);
  if (tensor.dim() != axes || tensor.size(0) == 0) {
    throw Error(ErrorKind::shape, path.string() + " holds " + shape_text(tensor.sizes()) + ", the network's input is " +
                                      (declared.empty() ? "[?,?,?,?]" : shape_text(declared)));
  }
  if (!tensor.isfinite().all().item<bool>()) {
    throw Error(ErrorKind::format, path.string() + " holds NaN or infinity", "every number of an input must be finite");
  }
  Image seen = picture_of(tensor, model.card);
  return {path, std::move(tensor), std::move(seen)};
}

}  // namespace

Input read_input(const std::filesystem::path& path, const Model& model) {
  return ending_of(path) == ".npy" ? read_tensor(path, model) : read_picture(path, model);
}

Tensor read_floats(const std::filesystem::path& path) {
  const Tensor tensor = read_npy(path);
  if (tensor.is_floating_point()) return tensor.to(at::kFloat).contiguous();
  throw Error(ErrorKind::usage, path.string() + " holds whole numbers, expected float32",
              "a .npy is the network's input as it is, after preprocessing");
}

void require_finite(const Model& model, const Tensor& scores) {
  const auto finite = [](const Tensor& tensor) { return tensor.isfinite().all().item<bool>(); };
  if (finite(scores)) return;
  for (std::size_t v = 0; v < model.graph.values().size(); ++v) {
    const Tensor& weight = model.graph.weights()[v];
    if (!weight.defined() || !weight.is_floating_point() || finite(weight)) continue;
    throw Error(ErrorKind::format,
                "weight '" + model.graph.values()[v].name + "' holds NaN or infinity, so no answer of " +
                    "this network means anything",
                "the file is damaged, or its training diverged");
  }
  throw Error(ErrorKind::format, "the network's scores are NaN or infinity on this input",
              "is it preprocessed as the card says?");
}

}  // namespace fovea::cli

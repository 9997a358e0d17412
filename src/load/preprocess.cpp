// Pictures to inputs and back: fitted to the network's size, then x = (pixel * scale - mean) / std per channel; grey is
// Rec. 601's luma, 0.299 R + 0.587 G + 0.114 B.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include <ATen/ops/empty.h>

#include <fovea/error.h>
#include <fovea/model.h>

namespace fovea {
namespace {

constexpr std::size_t levels = 256;

/// Resizes a picture; sides that shrink to less than half are averaged, for bilinear samples would skip pixels.
Image scaled(const Image& image, int width, int height) {
  constexpr int most_shrinking = 2;
  const bool averaged_x = image.width > most_shrinking * width;
  const bool averaged_y = image.height > most_shrinking * height;
  if (!averaged_x && !averaged_y) return resize(image, width, height, Interpolation::linear);
  const Image averaged =
      resize(image, averaged_x ? width : image.width, averaged_y ? height : image.height, Interpolation::area);
  return resize(averaged, width, height, Interpolation::linear);
}

Image centre(const Image& image, int width, int height) {
  return crop(image, (image.width - width) / 2, (image.height - height) / 2, width, height);
}

int rounded(double size) { return std::max(1, static_cast<int>(std::lround(size))); }

/// Cuts off what the centre crop would, before enlarging: a picture of 1 x 10000 px would otherwise become
/// 256 x 2560000 first. A few pixels more are kept for interpolation.
Image without_far_ends(const Image& image, double scale, int width, int height) {
  constexpr double most_scaled_pixels = 1 << 26;
  constexpr double kept_more = 4;
  if (scale * image.width * scale * image.height <= most_scaled_pixels) return image;
  const auto kept = [&](int side, int wanted) {
    return static_cast<int>(std::min<double>(side, std::ceil(wanted / scale) + kept_more));
  };
  return centre(image, kept(image.width, width), kept(image.height, height));
}

Image fit_shortest_side(const Image& image, const Preprocess& p) {
  // Enlarged beyond `resize_to` where the crop would not fit otherwise.
  const double scale =
      std::max({static_cast<double>(p.resize_to) / std::min(image.width, image.height),
                static_cast<double>(p.width) / image.width, static_cast<double>(p.height) / image.height});
  const Image source = without_far_ends(image, scale, p.width, p.height);
  const int width = std::max(p.width, rounded(source.width * scale));
  const int height = std::max(p.height, rounded(source.height * scale));
  return centre(scaled(source, width, height), p.width, p.height);
}

Image fit_central_share(const Image& image, const Preprocess& p) {
  const int width = std::min(image.width, rounded(image.width * p.central_share));
  const int height = std::min(image.height, rounded(image.height * p.central_share));
  return scaled(centre(image, width, height), p.width, p.height);
}

std::size_t channel_count(const Preprocess& p) { return p.channels == "GREY" ? 1 : 3; }

/// Tells which of R, G, B the network's channel `c` is.
std::size_t source_of(const Preprocess& p, std::size_t c) { return p.channels == "BGR" ? 2 - c : c; }

void check(const Preprocess& p) {
  const std::size_t channels = channel_count(p);
  if (p.channels != "RGB" && p.channels != "BGR" && p.channels != "GREY") {
    throw Error(ErrorKind::internal, "preprocessing has channels '" + p.channels + "'; expected RGB, BGR or GREY");
  }
  if (p.mean.size() != channels || p.std.size() != channels || p.width < 1 || p.height < 1) {
    throw Error(ErrorKind::internal, "preprocessing from " + p.source + " is incomplete: " + p.channels + ", " +
                                         std::to_string(p.mean.size()) + " means, " + std::to_string(p.std.size()) +
                                         " deviations, " + std::to_string(p.width) + "x" + std::to_string(p.height));
  }
}

std::uint8_t luma(const std::uint8_t* rgb) {
  return static_cast<std::uint8_t>(std::lround(0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2]));
}

/// The input's value of every pixel value, of one channel: a byte has few, so each is computed once and exactly.
std::array<float, levels> values_of(const Preprocess& p, std::size_t c) {
  std::array<float, levels> values;
  for (std::size_t level = 0; level < levels; ++level) {
    values[level] = static_cast<float>((static_cast<double>(level) * p.scale - p.mean[c]) / p.std[c]);
  }
  return values;
}

std::uint8_t pixel_of(float value, const Preprocess& p, std::size_t c) {
  const double pixel = (static_cast<double>(value) * p.std[c] + p.mean[c]) / p.scale;
  return static_cast<std::uint8_t>(std::isnan(pixel) ? 0 : std::lround(std::clamp(pixel, 0.0, 255.0)));
}

}  // namespace

Image fit_image(const Image& image, const Preprocess& preprocess) {
  check(preprocess);
  if (image.width < 1 || image.height < 1) throw Error(ErrorKind::usage, "a picture without pixels cannot be fitted");
  // What the network sees of what it sees is the same again: a fitted picture is not cut a second time.
  if (image.width == preprocess.width && image.height == preprocess.height) return image;
  switch (preprocess.fit) {
    case Fit::shortest_side: return fit_shortest_side(image, preprocess);
    case Fit::central_share: return fit_central_share(image, preprocess);
    case Fit::stretch: return scaled(image, preprocess.width, preprocess.height);
  }
  return image;
}

Tensor to_input(const Image& image, const Preprocess& preprocess) {
  const Image fitted = fit_image(image, preprocess);
  const std::size_t channels = channel_count(preprocess);
  Tensor input =
      at::empty({1, static_cast<std::int64_t>(channels), fitted.height, fitted.width}, at::TensorOptions(at::kFloat));
  auto* to = input.data_ptr<float>();
  for (std::size_t c = 0; c < channels; ++c) {
    const std::array<float, levels> values = values_of(preprocess, c);
    const std::size_t from = source_of(preprocess, c);
    for (std::size_t i = 0; i < fitted.rgb.size(); i += 3) {
      *to++ = values[channels == 1 ? luma(fitted.rgb.data() + i) : fitted.rgb[i + from]];
    }
  }
  return input;
}

Image to_picture(const Tensor& input, const Preprocess& preprocess) {
  check(preprocess);
  const auto channels = static_cast<std::int64_t>(channel_count(preprocess));
  const bool one = input.defined() && input.dim() == 4 && input.size(0) == 1;
  if (!(one || (input.defined() && input.dim() == 3)) || input.size(-3) != channels) {
    throw Error(ErrorKind::shape, "an input to show must be [1,C,H,W] or [C,H,W] with C = " + std::to_string(channels));
  }
  const Tensor floats = input.detach().to(at::kCPU, at::kFloat).contiguous();
  const auto* values = floats.data_ptr<float>();
  Image image = make_image(static_cast<int>(input.size(-1)), static_cast<int>(input.size(-2)));
  const std::size_t plane = image.rgb.size() / 3;
  for (std::size_t i = 0; i < plane; ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      const std::size_t from = channels == 1 ? 0 : source_of(preprocess, c);
      image.rgb[3 * i + c] = pixel_of(values[from * plane + i], preprocess, from);
    }
  }
  return image;
}

}  // namespace fovea

// How a picture is changed before a network sees it in training: a random box resized (Szegedy et al. 2015, Going
// Deeper with Convolutions, section 6), mirrored; brightness, contrast and saturation changed (Howard 2013, Some
// Improvements on Deep Convolutional Neural Network Based Image Classification, section 2.2), p' = b (c (s p + (1-s) l)
// + (1-c) m) with the pixel's luma l and the picture's mean luma m; a box made noise (Zhong et al. 2020, Random Erasing
// Data Augmentation).
// SPDX-License-Identifier: Apache-2.0
#include "data/augment.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include <fovea/error.h>

#include "core/random.h"
#include "image/resample.h"

namespace fovea {
namespace {

/// The places of a picture's draws.
enum Draw : std::size_t {
  crop_area,
  crop_aspect,
  crop_x,
  crop_y,
  flip,
  brightness,
  contrast,
  saturation,
  erase,
  erase_area,
  erase_aspect,
  erase_x,
  erase_y,
  draw_count
};
using Draws = std::array<double, draw_count>;

// Rec. 601, as everywhere in Fovea.
constexpr float luma_r = 0.299F;
constexpr float luma_g = 0.587F;
constexpr float luma_b = 0.114F;

Draws draws_of(std::uint64_t seed, std::int64_t epoch, std::int64_t picture) {
  const Tensor numbers = uniform({static_cast<std::int64_t>(draw_count)}, draw_key(seed),
                                 draw_stream(DrawPurpose::augmentation, epoch, picture));
  Draws draws{};
  std::copy_n(numbers.data_ptr<float>(), draws.size(), draws.begin());
  return draws;
}

double between(double low, double high, double draw) { return low + (high - low) * draw; }

/// Puts a box of about this size somewhere inside.
PixelBox placed(double box_width, double box_height, int width, int height, double draw_x, double draw_y) {
  PixelBox box;
  box.width = std::clamp(static_cast<int>(std::lround(box_width)), 1, width);
  box.height = std::clamp(static_cast<int>(std::lround(box_height)), 1, height);
  box.x = static_cast<int>(draw_x * (width - box.width + 1));
  box.y = static_cast<int>(draw_y * (height - box.height + 1));
  return box;
}

/// The aspect of a box that looks as it does without augmentation: the picture's own where that is stretched to the
/// network's size, else the network's.
double plain_aspect(const Preprocess& p, int width, int height) {
  return p.fit == Fit::shortest_side ? static_cast<double>(p.width) / p.height : static_cast<double>(width) / height;
}

/// Draws the box: its area's share uniform, the logarithm of its aspect uniform where a box of that area fits. Where
/// none does (a panorama), it is the largest of the nearest aspect.
PixelBox draw_crop(const Augmentation& a, const Preprocess& p, int width, int height, const Draws& draws) {
  const double area = between(a.least_area, 1, draws[crop_area]) * width * height;
  const double plain = std::log(plain_aspect(p, width, height));
  const double low = plain - std::log(a.stretch);
  const double high = plain + std::log(a.stretch);
  const double fits_low = std::log(area / (static_cast<double>(height) * height));
  const double fits_high = std::log(static_cast<double>(width) * width / area);
  const double from = std::clamp(fits_low, low, high);
  const double to = std::clamp(fits_high, low, high);
  const double aspect = std::exp(between(from, to, draws[crop_aspect]));
  const double box_width = std::sqrt(area * aspect);
  const double box_height = std::sqrt(area / aspect);
  const double shrink = std::min({1.0, width / box_width, height / box_height});
  return placed(box_width * shrink, box_height * shrink, width, height, draws[crop_x], draws[crop_y]);
}

/// Draws the box that becomes noise.
PixelBox draw_erased(int width, int height, const Draws& draws) {
  constexpr double least_share = 0.02;  // of the area
  constexpr double most_share = 0.2;    // Zhong et al., section 4.1: 0.4; half of it leaves small objects something
  constexpr double least_aspect = 0.3;  // up to its inverse
  const double share = between(least_share, most_share, draws[erase_area]);
  const double aspect = std::exp(between(std::log(least_aspect), -std::log(least_aspect), draws[erase_aspect]));
  return placed(width * std::sqrt(share * aspect), height * std::sqrt(share / aspect), width, height, draws[erase_x],
                draws[erase_y]);
}

/// Cuts a box out and resizes it as `fit_image` resizes: averaged where it shrinks to less than half, else linear.
Image resized_crop(const Image& picture, const PixelBox& box, int width, int height) {
  constexpr int most_shrinking = 2;
  Pixels source{picture.at(box.x, box.y), std::ptrdiff_t{3} * picture.width, box.width, box.height};
  Image averaged;
  const bool averaged_x = box.width > most_shrinking * width;
  const bool averaged_y = box.height > most_shrinking * height;
  if (averaged_x || averaged_y) {
    averaged = make_image(averaged_x ? width : box.width, averaged_y ? height : box.height);
    resample(source, Interpolation::area, averaged.width, averaged.height, averaged.rgb.data());
    source = {averaged.rgb.data(), std::ptrdiff_t{3} * averaged.width, averaged.width, averaged.height};
  }
  Image result = make_image(width, height);
  resample(source, Interpolation::linear, width, height, result.rgb.data());
  return result;
}

/// The mean of the pixels' luma: by channel sums, which are whole numbers and so the same in any order.
double mean_luma(const Image& image) {
  std::uint64_t r = 0;
  std::uint64_t g = 0;
  std::uint64_t b = 0;
  for (std::size_t i = 0; i < image.rgb.size(); i += 3) {
    r += image.rgb[i];
    g += image.rgb[i + 1];
    b += image.rgb[i + 2];
  }
  const double sum = double{luma_r} * static_cast<double>(r) + double{luma_g} * static_cast<double>(g) +
                     double{luma_b} * static_cast<double>(b);
  return sum / (static_cast<double>(image.rgb.size()) / 3);
}

/// Changes colours; clipped and rounded once, at the end.
void change_colours(Image& image, const Changes& changes) {
  const auto own = static_cast<float>(changes.brightness * changes.contrast * changes.saturation);
  const auto grey = static_cast<float>(changes.brightness * changes.contrast * (1 - changes.saturation));
  const auto level = static_cast<float>(changes.brightness * (1 - changes.contrast) * mean_luma(image));
  const auto byte = [](float value) { return static_cast<std::uint8_t>(std::clamp(value, 0.0F, 255.0F) + 0.5F); };
  for (std::size_t i = 0; i < image.rgb.size(); i += 3) {
    std::uint8_t* p = image.rgb.data() + i;
    const auto r = static_cast<float>(p[0]);
    const auto g = static_cast<float>(p[1]);
    const auto b = static_cast<float>(p[2]);
    const float shared = grey * (luma_r * r + luma_g * g + luma_b * b) + level;
    p[0] = byte(own * r + shared);
    p[1] = byte(own * g + shared);
    p[2] = byte(own * b + shared);
  }
}

void fill_with_noise(Image& image, const PixelBox& box, const Changes& changes) {
  constexpr float levels = 256;
  const Tensor noise = uniform({box.height, box.width, 3}, changes.noise_key, changes.noise_stream);
  const auto* value = noise.data_ptr<float>();
  for (int y = box.y; y < box.y + box.height; ++y) {
    std::uint8_t* row = image.at(box.x, y);
    for (int i = 0; i < 3 * box.width; ++i) row[i] = static_cast<std::uint8_t>(levels * *value++);
  }
}

void check_range(double value, double low, double high, const char* what) {
  if (value >= low && value <= high) return;
  throw Error(ErrorKind::usage, "augmentation by " + std::string(what) + " " + std::to_string(value) +
                                    " is out of range; expected " + std::to_string(low) + " to " +
                                    std::to_string(high));
}

}  // namespace

std::uint64_t draw_key(std::uint64_t seed) {
  constexpr std::uint64_t loader = 0x6c6f61646572;  // "loader": other users of the same seed draw other numbers
  return seed ^ loader;
}

std::uint64_t draw_stream(DrawPurpose purpose, std::int64_t epoch, std::int64_t picture) {
  constexpr int picture_bits = 36;
  constexpr int epoch_bits = 24;
  constexpr std::uint64_t picture_mask = (std::uint64_t{1} << picture_bits) - 1;
  constexpr std::uint64_t epoch_mask = (std::uint64_t{1} << epoch_bits) - 1;
  return static_cast<std::uint64_t>(purpose) << (picture_bits + epoch_bits) |
         (static_cast<std::uint64_t>(epoch) & epoch_mask) << picture_bits |
         (static_cast<std::uint64_t>(picture) & picture_mask);
}

void check(const Augmentation& augmentation) {
  constexpr double smallest_area = 0.001;
  constexpr double most_stretch = 10;
  check_range(augmentation.least_area, smallest_area, 1, "least area");
  check_range(augmentation.stretch, 1, most_stretch, "stretch");
  check_range(augmentation.colour, 0, 1, "colour");
  check_range(augmentation.erase, 0, 1, "erase");
}

Changes draw_changes(const Augmentation& augmentation, const Preprocess& preprocess, int width, int height,
                     std::uint64_t seed, std::int64_t epoch, std::int64_t picture) {
  Changes changes;
  const bool cropped = augmentation.least_area < 1 || augmentation.stretch > 1;
  if (!cropped && !augmentation.flip && augmentation.colour == 0 && augmentation.erase == 0) return changes;
  const Draws draws = draws_of(seed, epoch, picture);
  if (cropped) changes.crop = draw_crop(augmentation, preprocess, width, height, draws);
  changes.mirrored = augmentation.flip && draws[flip] < 0.5;
  const double least = 1 - augmentation.colour;
  const double most = 1 + augmentation.colour;
  changes.brightness = between(least, most, draws[brightness]);
  changes.contrast = between(least, most, draws[contrast]);
  changes.saturation = between(least, most, draws[saturation]);
  if (draws[erase] < augmentation.erase) {
    changes.erased = draw_erased(preprocess.width, preprocess.height, draws);
    changes.noise_key = draw_key(seed);
    changes.noise_stream = draw_stream(DrawPurpose::noise, epoch, picture);
  }
  return changes;
}

Image changed(const Image& picture, const Preprocess& preprocess, const Changes& changes) {
  Image result = changes.crop ? resized_crop(picture, *changes.crop, preprocess.width, preprocess.height)
                              : fit_image(picture, preprocess);
  if (changes.brightness != 1 || changes.contrast != 1 || changes.saturation != 1) change_colours(result, changes);
  if (changes.erased) fill_with_noise(result, *changes.erased, changes);
  return result;
}

}  // namespace fovea

// How a picture is changed before a network sees it in training: what is drawn, and what is done with it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include <fovea/data.h>

namespace fovea {

/// What random numbers of a loader are for; each purpose has streams of its own.
enum class DrawPurpose : std::uint64_t { order = 1, augmentation = 2, noise = 3 };

/// Random numbers are keyed by this and a stream.
std::uint64_t draw_key(std::uint64_t seed);
/// Names the stream of a picture (or 0) in an epoch: 4 bits of purpose, 24 of epoch, 36 of picture.
std::uint64_t draw_stream(DrawPurpose purpose, std::int64_t epoch, std::int64_t picture);

/// Whole pixels of a picture.
struct PixelBox {
  int x = 0, y = 0, width = 0, height = 0;
  bool operator==(const PixelBox&) const = default;
};

/// What happens to one picture; factors of 1 change nothing.
struct Changes {
  std::optional<PixelBox> crop;  ///< of the picture; absent: fitted as without augmentation
  bool mirrored = false;
  double brightness = 1;
  double contrast = 1;
  double saturation = 1;
  std::optional<PixelBox> erased;  ///< of what the network sees
  std::uint64_t noise_key = 0;
  std::uint64_t noise_stream = 0;
};

/// Throws `Error(usage)` naming what is out of its range.
void check(const Augmentation& augmentation);

/// Draws the changes of a picture of a size. Every draw has a place of its own among the picture's random numbers, so
/// that one kind of change does not alter the others.
Changes draw_changes(const Augmentation& augmentation, const Preprocess& preprocess, int width, int height,
                     std::uint64_t seed, std::int64_t epoch, std::int64_t picture);

/// Returns what the network sees of a changed picture, `mirrored` aside, which is left to `write_input`.
Image changed(const Image& picture, const Preprocess& preprocess, const Changes& changes);

}  // namespace fovea

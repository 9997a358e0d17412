// GIF files (GIF89a, CompuServe 1990) by giflib, also moving ones.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <fovea/image.h>

#include "image/codecs/decoded.h"

namespace fovea {

/// What a walk over a GIF file's blocks tells.
struct GifParts {
  std::vector<int> delays;  ///< of every picture, hundredths of a second
  bool whole = false;       ///< the end of the file was reached
};

/// Walks a GIF file's blocks without unpacking pixels.
GifParts walk_gif(Bytes file);

/// Decodes a GIF file's first picture onto a white screen. Throws `Error(format)`.
Decoded decode_gif(const Encoded& file);

/// Reads the pictures of a GIF file one after another, each as it is shown: laid over what the ones before left.
class GifFrames {
 public:
  /// The file's bytes must outlive this. Throws `Error(format)`.
  explicit GifFrames(const Encoded& file);
  ~GifFrames();
  GifFrames(const GifFrames&) = delete;
  GifFrames& operator=(const GifFrames&) = delete;

  /// Decodes the next picture. Throws `Error(format)` where there is none or it is damaged.
  Image next();

 private:
  struct Decoder;
  std::unique_ptr<Decoder> decoder_;
};

/// Writes a moving GIF file that repeats for ever.
class GifAnimation {
 public:
  GifAnimation(int width, int height);
  ~GifAnimation();
  GifAnimation(const GifAnimation&) = delete;
  GifAnimation& operator=(const GifAnimation&) = delete;

  /// Adds a picture, in at most 256 colours of its own, that is shown for `delay` hundredths of a second. Throws
  /// `Error`.
  void add(const Image& image, int delay);
  /// Returns the file. Throws `Error`.
  std::vector<std::uint8_t> finish();

 private:
  struct Encoder;
  std::unique_ptr<Encoder> encoder_;
};

}  // namespace fovea

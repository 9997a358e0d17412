// WebP files by libwebp, also moving ones.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <fovea/image.h>

#include "image/codecs/decoded.h"
#include "image/containers.h"

namespace fovea {

/// Decodes a WebP file of one picture: RGB, with alpha where it has some. Throws `Error(format)`.
Decoded decode_webp(const Encoded& file);

/// Encodes a picture with loss; quality 1 to 100. Throws `Error`.
std::vector<std::uint8_t> encode_webp(const Image& image, int quality);

/// Reads the pictures of a moving WebP file one after another, each as it is shown.
class WebpFrames {
 public:
  /// The file's bytes must outlive this. Throws `Error(format)`.
  explicit WebpFrames(const Encoded& file);
  ~WebpFrames();
  WebpFrames(const WebpFrames&) = delete;
  WebpFrames& operator=(const WebpFrames&) = delete;

  /// Tells how long each picture is shown, ms.
  const std::vector<int>& durations() const { return durations_; }
  /// Decodes the next picture. Throws `Error(format)` where there is none or it is damaged.
  Decoded next();

 private:
  struct Decoder;
  Encoded file_;
  WebpParts parts_;
  std::vector<int> durations_;
  std::unique_ptr<Decoder> decoder_;
};

/// Writes a moving WebP file.
class WebpAnimation {
 public:
  WebpAnimation(int width, int height, int quality);
  ~WebpAnimation();
  WebpAnimation(const WebpAnimation&) = delete;
  WebpAnimation& operator=(const WebpAnimation&) = delete;

  /// Adds a picture that is shown from `begin` on, ms. Throws `Error`.
  void add(const Image& image, int begin);
  /// Returns the file, whose last picture is shown until `end`, ms. Throws `Error`.
  std::vector<std::uint8_t> finish(int end);

 private:
  struct Encoder;
  std::unique_ptr<Encoder> encoder_;
};

}  // namespace fovea

// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <webp/encode.h>
#include <webp/mux.h>

#include "support/pictures/formats.h"

namespace fovea::test::pictures {
namespace {

Data plain_pixels(const Sampler& sample, int channels) {
  Data pixels;
  for (int y = 0; y < height; ++y) {
    for (int i = 0; i < width * channels; ++i) {
      pixels.push_back(static_cast<std::uint8_t>(sample(i / channels, y, i % channels)));
    }
  }
  return pixels;
}

Data webp_file(const Data& pixels, int columns, int rows, int channels, bool lossless) {
  std::uint8_t* bytes = nullptr;
  std::size_t size = 0;
  if (lossless) {
    const auto encode = channels == 4 ? WebPEncodeLosslessRGBA : WebPEncodeLosslessRGB;
    size = encode(pixels.data(), columns, rows, channels * columns, &bytes);
  } else {
    const auto encode = channels == 4 ? WebPEncodeRGBA : WebPEncodeRGB;
    size = encode(pixels.data(), columns, rows, channels * columns, 90, &bytes);
  }
  Data file(bytes, bytes + size);
  WebPFree(bytes);
  return file;
}

Data with_chunks(const Data& file, const Data& profile, int orientation) {
  const WebPData still{file.data(), file.size()};
  WebPMux* mux = WebPMuxCreate(&still, 1);
  const WebPData icc{profile.data(), profile.size()};
  if (!profile.empty()) WebPMuxSetChunk(mux, "ICCP", &icc, 1);
  const Data block = exif_of(orientation);
  const WebPData exif{block.data(), block.size()};
  if (orientation != 1) WebPMuxSetChunk(mux, "EXIF", &exif, 1);
  WebPData assembled;
  WebPMuxAssemble(mux, &assembled);
  Data result(assembled.bytes, assembled.bytes + assembled.size);
  WebPDataClear(&assembled);
  WebPMuxDelete(mux);
  return result;
}

}  // namespace

std::vector<PictureFile> webp_files() {
  std::vector<PictureFile> files;
  for (const int channels : {3, 4}) {
    const std::string name = channels == 3 ? "webp RGB" : "webp RGBA";
    const Data pixels = plain_pixels(samples_of(8), channels);
    files.push_back(
        {name + " lossless", webp_file(pixels, width, height, channels, true), shown(samples_of(8), channels, 8)});
    files.push_back({name, webp_file(pixels, width, height, channels, false), {}});
    files.push_back({name + " with chunks", with_chunks(files.back().bytes, Data(100, 7), 6), {}});
  }
  return files;
}

Data webp_with(const Image& image, const Data& profile, int orientation) {
  return with_chunks(webp_file(image.rgb, image.width, image.height, 3, true), profile, orientation);
}

Data moving_webp(int frames) {
  WebPAnimEncoderOptions options;
  WebPAnimEncoderOptionsInit(&options);
  options.allow_mixed = 1;
  WebPAnimEncoder* encoder = WebPAnimEncoderNew(width, height, &options);
  WebPConfig config;
  WebPConfigInit(&config);
  config.lossless = 1;
  for (int i = 0; i < frames; ++i) {
    const Sampler moved = [i](int x, int y, int c) { return samples_of(8)(x + i, y, c); };
    const Data pixels = plain_pixels(moved, 4);
    WebPPicture picture;
    WebPPictureInit(&picture);
    picture.use_argb = 1;
    picture.width = width;
    picture.height = height;
    WebPPictureImportRGBA(&picture, pixels.data(), 4 * width);
    WebPAnimEncoderAdd(encoder, &picture, 40 * i, &config);
    WebPPictureFree(&picture);
  }
  WebPAnimEncoderAdd(encoder, nullptr, 40 * frames, nullptr);
  WebPData assembled;
  WebPAnimEncoderAssemble(encoder, &assembled);
  Data file(assembled.bytes, assembled.bytes + assembled.size);
  WebPDataClear(&assembled);
  WebPAnimEncoderDelete(encoder);
  return file;
}

}  // namespace fovea::test::pictures

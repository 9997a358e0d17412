// WebP files by libwebp, moving ones by its WebPAnimDecoder and WebPAnimEncoder.
// SPDX-License-Identifier: Apache-2.0
#include "image/codecs/webp.h"

#include <algorithm>
#include <cstring>
#include <string>

#include <webp/decode.h>
#include <webp/demux.h>
#include <webp/encode.h>
#include <webp/mux.h>

#include <fovea/error.h>

namespace fovea {
namespace {

const std::uint8_t* webp_bytes(const Encoded& file) { return reinterpret_cast<const std::uint8_t*>(file.bytes.data()); }

WebPData webp_data(const Encoded& file) { return {webp_bytes(file), file.bytes.size()}; }

[[noreturn]] void webp_is_damaged(const Encoded& file) {
  does_not_decode(file, "its pixels are damaged, or of an unknown kind");
}

[[noreturn]] void webp_not_written(int width, int height) {
  throw Error(ErrorKind::internal,
              "encoding " + std::to_string(width) + "x" + std::to_string(height) + " px as WebP failed");
}

}  // namespace

Decoded decode_webp(const Encoded& file) {
  const WebpParts parts = walk_webp(file.bytes);
  if (!parts.whole) does_not_decode(file, ends_early);
  if (parts.animated) return WebpFrames(file).next();
  WebPBitstreamFeatures features;
  if (WebPGetFeatures(webp_bytes(file), file.bytes.size(), &features) != VP8_STATUS_OK) webp_is_damaged(file);
  require_size(file, features.width, features.height);
  Decoded decoded = decoded_of(file, Inks::rgb, features.has_alpha != 0);
  const auto decode = decoded.alpha ? WebPDecodeRGBAInto : WebPDecodeRGBInto;
  const int stride = decoded.width * channels_of(decoded);
  if (decode(webp_bytes(file), file.bytes.size(), decoded.samples.data(), decoded.samples.size(), stride) == nullptr) {
    webp_is_damaged(file);
  }
  decoded.orientation = exif_orientation(parts.exif);
  decoded.profile.assign(parts.profile.begin(), parts.profile.end());
  return decoded;
}

std::vector<std::uint8_t> encode_webp(const Image& image, int quality) {
  std::uint8_t* bytes = nullptr;
  const std::size_t size =
      WebPEncodeRGB(image.rgb.data(), image.width, image.height, 3 * image.width, static_cast<float>(quality), &bytes);
  const std::unique_ptr<std::uint8_t, void (*)(void*)> owned(bytes, WebPFree);
  if (size == 0) webp_not_written(image.width, image.height);
  return {bytes, bytes + size};
}

struct WebpFrames::Decoder {
  explicit Decoder(WebPAnimDecoder* opened) : decoder(opened) {}
  ~Decoder() { WebPAnimDecoderDelete(decoder); }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  WebPAnimDecoder* decoder;
};

WebpFrames::WebpFrames(const Encoded& file) : file_(file), parts_(walk_webp(file.bytes)) {
  if (!parts_.whole) does_not_decode(file_, ends_early);
  const WebPData data = webp_data(file_);
  WebPDemuxState state = WEBP_DEMUX_PARSE_ERROR;
  const std::unique_ptr<WebPDemuxer, void (*)(WebPDemuxer*)> demuxer(WebPDemuxPartial(&data, &state), WebPDemuxDelete);
  if (!demuxer || state != WEBP_DEMUX_DONE) does_not_decode(file_, "it ends early, or its frames are damaged");
  require_size(file_, WebPDemuxGetI(demuxer.get(), WEBP_FF_CANVAS_WIDTH),
               WebPDemuxGetI(demuxer.get(), WEBP_FF_CANVAS_HEIGHT));
  WebPIterator frame;
  if (WebPDemuxGetFrame(demuxer.get(), 1, &frame) == 0) does_not_decode(file_, "it has no frames");
  do {
    durations_.push_back(frame.duration);
  } while (WebPDemuxNextFrame(&frame) != 0);
  WebPDemuxReleaseIterator(&frame);
  WebPAnimDecoderOptions options;
  WebPAnimDecoderOptionsInit(&options);
  options.color_mode = MODE_RGBA;
  options.use_threads = 0;
  decoder_ = std::make_unique<Decoder>(WebPAnimDecoderNew(&data, &options));
  if (decoder_->decoder == nullptr) webp_is_damaged(file_);
}

WebpFrames::~WebpFrames() = default;

Decoded WebpFrames::next() {
  std::uint8_t* shown = nullptr;
  int end = 0;
  if (WebPAnimDecoderGetNext(decoder_->decoder, &shown, &end) == 0) webp_is_damaged(file_);
  Decoded decoded = decoded_of(file_, Inks::rgb, true);
  std::memcpy(decoded.samples.data(), shown, decoded.samples.size());
  decoded.orientation = exif_orientation(parts_.exif);
  decoded.profile.assign(parts_.profile.begin(), parts_.profile.end());
  return decoded;
}

struct WebpAnimation::Encoder {
  Encoder(int width, int height, int quality) {
    WebPAnimEncoderOptions options;
    if (WebPAnimEncoderOptionsInit(&options) == 0 || WebPConfigInit(&config) == 0) return;
    config.quality = static_cast<float>(quality);
    encoder = WebPAnimEncoderNew(width, height, &options);
  }
  ~Encoder() { WebPAnimEncoderDelete(encoder); }
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;
  WebPConfig config{};
  WebPAnimEncoder* encoder = nullptr;
};

WebpAnimation::WebpAnimation(int width, int height, int quality)
    : encoder_(std::make_unique<Encoder>(width, height, quality)) {
  if (encoder_->encoder == nullptr) webp_not_written(width, height);
}

WebpAnimation::~WebpAnimation() = default;

void WebpAnimation::add(const Image& image, int begin) {
  WebPPicture picture;
  if (WebPPictureInit(&picture) == 0) webp_not_written(image.width, image.height);
  const std::unique_ptr<WebPPicture, void (*)(WebPPicture*)> owned(&picture, WebPPictureFree);
  picture.use_argb = 1;
  picture.width = image.width;
  picture.height = image.height;
  if (WebPPictureImportRGB(&picture, image.rgb.data(), 3 * image.width) == 0 ||
      WebPAnimEncoderAdd(encoder_->encoder, &picture, begin, &encoder_->config) == 0) {
    webp_not_written(image.width, image.height);
  }
}

std::vector<std::uint8_t> WebpAnimation::finish(int end) {
  WebPData data;
  WebPDataInit(&data);
  const std::unique_ptr<WebPData, void (*)(WebPData*)> owned(&data, WebPDataClear);
  if (WebPAnimEncoderAdd(encoder_->encoder, nullptr, end, nullptr) == 0 ||
      WebPAnimEncoderAssemble(encoder_->encoder, &data) == 0) {
    throw Error(ErrorKind::internal,
                std::string("a moving WebP could not be put together: ") + WebPAnimEncoderGetError(encoder_->encoder));
  }
  return {data.bytes, data.bytes + data.size};
}

}  // namespace fovea

// Decoding and encoding of clips by OpenCV's videoio.
// SPDX-License-Identifier: Apache-2.0
#include "opencv/clips.h"

#include <cmath>
#include <cstdlib>
#include <memory>

#include <opencv2/core.hpp>
#include <opencv2/videoio.hpp>

namespace fovea::opencv {
namespace {

constexpr double usual_rate = 25;  // where a file does not say

struct Reader {
  cv::VideoCapture capture;
  cv::Mat frame;
  int width = 0;
  int height = 0;
};

struct Writer {
  cv::VideoWriter writer;
  cv::Mat frame;
};

/// OpenCV stores BGR.
void swap_channels(unsigned char* pixels, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) std::swap(pixels[3 * i], pixels[3 * i + 2]);
}

}  // namespace

void* open_clip(const char* path, FoveaClipInfo* info) try {
  auto reader = std::make_unique<Reader>();
  if (!reader->capture.open(path, cv::CAP_FFMPEG)) return nullptr;
  reader->width = static_cast<int>(reader->capture.get(cv::CAP_PROP_FRAME_WIDTH));
  reader->height = static_cast<int>(reader->capture.get(cv::CAP_PROP_FRAME_HEIGHT));
  if (reader->width < 1 || reader->height < 1) return nullptr;
  const double rate = reader->capture.get(cv::CAP_PROP_FPS);
  const double frames = reader->capture.get(cv::CAP_PROP_FRAME_COUNT);
  *info = {reader->width, reader->height, std::isfinite(rate) && rate > 0 ? rate : usual_rate,
           std::isfinite(frames) && frames > 0 ? static_cast<long>(frames) : 0};
  return reader.release();
} catch (...) {
  return nullptr;
}

int next_frame(void* opened, unsigned char* rgb) try {
  auto& reader = *static_cast<Reader*>(opened);
  if (!reader.capture.read(reader.frame) || reader.frame.empty()) return 0;
  const bool fits =
      reader.frame.cols == reader.width && reader.frame.rows == reader.height && reader.frame.type() == CV_8UC3;
  if (!fits) return -1;
  const cv::Mat whole = reader.frame.isContinuous() ? reader.frame : reader.frame.clone();
  const auto count = static_cast<std::size_t>(reader.width) * static_cast<std::size_t>(reader.height);
  std::copy(whole.data, whole.data + 3 * count, rgb);
  swap_channels(rgb, count);
  return 1;
} catch (...) {
  return -1;
}

void close_clip(void* opened) { delete static_cast<Reader*>(opened); }

void* create_clip(const char* path, int width, int height, double rate) try {
  auto writer = std::make_unique<Writer>();
  writer->frame = cv::Mat(height, width, CV_8UC3);
  for (const int code : {cv::VideoWriter::fourcc('a', 'v', 'c', '1'), cv::VideoWriter::fourcc('m', 'p', '4', 'v'),
                         cv::VideoWriter::fourcc('V', 'P', '8', '0'), cv::VideoWriter::fourcc('M', 'J', 'P', 'G')}) {
    if (writer->writer.open(path, cv::CAP_FFMPEG, code, rate, cv::Size(width, height), true)) return writer.release();
  }
  return nullptr;
} catch (...) {
  return nullptr;
}

void add_frame(void* created, const unsigned char* rgb) {
  auto& writer = *static_cast<Writer*>(created);
  const std::size_t count = writer.frame.total();
  std::copy(rgb, rgb + 3 * count, writer.frame.data);
  swap_channels(writer.frame.data, count);
  writer.writer.write(writer.frame);
}

void finish_clip(void* created) {
  auto* writer = static_cast<Writer*>(created);
  writer->writer.release();
  delete writer;
}

}  // namespace fovea::opencv

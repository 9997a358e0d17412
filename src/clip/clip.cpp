// SPDX-License-Identifier: Apache-2.0
#include <fovea/clip.h>

#include <cmath>
#include <set>
#include <string>
#include <system_error>

#include <unistd.h>

#include <fovea/error.h>

#include "clip/animation.h"
#include "core/lower_case.h"
#include "core/part_library.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;

class Reader final : public ClipReader {
 public:
  explicit Reader(const fs::path& path) : path_(path.string()) {
    FoveaClipInfo info{};
    handle_ = opencv_part().open_clip(path.c_str(), &info);
    if (handle_ == nullptr) {
      throw Error(ErrorKind::format, path_ + " does not decode as a clip",
                  "is it whole, and of a common format such as .mp4?");
    }
    info_ = {info.width, info.height, info.rate, info.frames};
  }
  ~Reader() override { opencv_part().close_clip(handle_); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  const ClipInfo& info() const override { return info_; }

  std::optional<Image> next() override {
    Image frame = make_image(info_.width, info_.height);
    const int got = opencv_part().next_frame(handle_, frame.rgb.data());
    if (got == 0) return std::nullopt;
    if (got < 0) throw Error(ErrorKind::format, path_ + " changes its size between frames");
    return frame;
  }
  double seconds() const override { return 1 / info_.rate; }

 private:
  std::string path_;
  ClipInfo info_;
  void* handle_ = nullptr;
};

class Writer final : public ClipWriter {
 public:
  Writer(const fs::path& path, int width, int height, double rate)
      : path_(path), width_(width & ~1), height_(height & ~1), rate_(rate) {
    // The ending must stay: it names the container.
    temporary_ =
        path.parent_path() / ("." + path.stem().string() + "." + std::to_string(getpid()) + path.extension().string());
    handle_ = opencv_part().create_clip(temporary_.c_str(), width_, height_, rate);
    if (handle_ == nullptr) {
      std::error_code ignored;
      fs::remove(temporary_, ignored);
      throw Error(ErrorKind::file, "no encoder writes " + path.string(),
                  "can its folder be written? try another ending: .mp4, .avi, .mkv");
    }
  }
  ~Writer() override {
    if (handle_ != nullptr) opencv_part().finish_clip(handle_);
    std::error_code ignored;
    fs::remove(temporary_, ignored);
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  int width() const override { return width_; }
  int height() const override { return height_; }

  void add(const Image& frame, double seconds) override {
    if (frame.width < width_ || frame.height < height_) {
      throw Error(ErrorKind::shape, "a frame of " + std::to_string(frame.width) + "x" + std::to_string(frame.height) +
                                        " px does not fit a clip of " + std::to_string(width_) + "x" +
                                        std::to_string(height_));
    }
    const bool fits = frame.width == width_ && frame.height == height_;
    const Image even = fits ? Image{} : crop(frame, 0, 0, width_, height_);
    due_ += seconds > 0 ? seconds * rate_ : 1;
    for (const auto end = std::llround(due_); written_ < end; ++written_) {
      opencv_part().add_frame(handle_, (fits ? frame : even).rgb.data());
    }
  }

  void finish() override {
    opencv_part().finish_clip(handle_);
    handle_ = nullptr;
    std::error_code failure;
    const bool empty = fs::file_size(temporary_, failure) == 0;
    if (!failure && !empty) fs::rename(temporary_, path_, failure);
    if (failure || empty) {
      throw Error(ErrorKind::file,
                  path_.string() + " could not be written" + (failure ? ": " + failure.message() : ""));
    }
  }

 private:
  fs::path path_;
  fs::path temporary_;
  int width_;
  int height_;
  double rate_;
  double due_ = 0;  ///< frames that should have been written by now
  long long written_ = 0;
  void* handle_ = nullptr;
};

bool is_video_name(const fs::path& path) {
  static const std::set<std::string> endings{".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm"};
  return endings.contains(ending_of(path));
}

}  // namespace

bool is_clip(const fs::path& path) { return is_video_name(path) || is_animation(path); }

bool writes_clip(const fs::path& path) { return is_video_name(path) || is_animation_name(path); }

std::unique_ptr<ClipReader> read_clip(const fs::path& path) {
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored)) {
    throw Error(ErrorKind::file, path.string() + (fs::exists(path, ignored) ? " is no file" : " is not there"));
  }
  if (fs::file_size(path, ignored) == 0) throw Error(ErrorKind::file, path.string() + " is empty");
  if (is_gif_or_webp(path) || is_animation_name(path)) return read_animation(path);
  return std::make_unique<Reader>(path);
}

std::unique_ptr<ClipWriter> write_clip(const fs::path& path, int width, int height, double rate) {
  const int least = is_animation_name(path) ? 1 : 2;
  if (width < least || height < least || !(rate > 0)) {
    throw Error(ErrorKind::usage, "a clip needs at least 2x2 px and a rate over 0, found " + std::to_string(width) +
                                      "x" + std::to_string(height) + " at " + std::to_string(rate));
  }
  if (is_animation_name(path)) return write_animation(path, width, height, rate);
  return std::make_unique<Writer>(path, width, height, rate);
}

}  // namespace fovea

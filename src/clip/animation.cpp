// Moving GIF and WebP files as clips. Frames have durations of their own, in hundredths and thousandths of a second;
// ends of frames are rounded, not durations, so that a rate is kept over time.
// SPDX-License-Identifier: Apache-2.0
#include "clip/animation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <numeric>
#include <string>
#include <vector>

#include <fovea/error.h>

#include "core/atomic_file.h"
#include "core/lower_case.h"
#include "image/codecs/gif.h"
#include "image/codecs/webp.h"
#include "image/frames.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t most_animation_bytes = std::uintmax_t{2} << 30;
constexpr int most_side = 32768;  // px, as of pictures
constexpr int gif_ticks = 100;    // per second
constexpr int webp_ticks = 1000;  // per second
constexpr int webp_quality = 95;
constexpr double most_rate = 50;  // browsers show a frame of GIF for 2/100 s at least

/// Frames' durations as browsers take them: what would be shown for a hundredth of a second or less is shown for a
/// tenth.
std::vector<int> shown_durations(std::vector<int> durations, int ticks) {
  for (int& duration : durations) {
    if (duration <= ticks / 100) duration = ticks / 10;
  }
  return durations;
}

/// The rate of frames whose durations differ by rounding only; of others the rate that has a frame wherever one ends.
double rate_of(const std::vector<int>& durations, int ticks) {
  const auto [least, most] = std::minmax_element(durations.begin(), durations.end());
  if (*most - *least <= 1) {
    const auto total = std::accumulate(durations.begin(), durations.end(), std::int64_t{0});
    return static_cast<double>(ticks) * static_cast<double>(durations.size()) / static_cast<double>(total);
  }
  const int common =
      std::accumulate(durations.begin(), durations.end(), 0, [](int a, int b) { return std::gcd(a, b); });
  return std::min(most_rate, static_cast<double>(ticks) / common);
}

/// What both kinds of reader know.
class AnimationReader : public ClipReader {
 public:
  const ClipInfo& info() const override { return info_; }
  double seconds() const override {
    return at_ == 0 ? 0 : static_cast<double>(durations_[at_ - 1]) / static_cast<double>(ticks_);
  }
  std::optional<Image> next() override {
    if (at_ == durations_.size()) return std::nullopt;
    ++at_;
    return decode_next();
  }

 protected:
  AnimationReader(std::vector<std::byte> bytes, const std::string& name, int ticks)
      : bytes_(std::move(bytes)), file_(encoded_of(bytes_, name, most_side)), ticks_(ticks) {}
  void keep_durations(const std::vector<int>& durations, int orientation = 1) {
    durations_ = shown_durations(durations, ticks_);
    const bool turned = orientation >= 5;
    info_ = {.width = static_cast<int>(turned ? file_.size.height : file_.size.width),
             .height = static_cast<int>(turned ? file_.size.width : file_.size.height),
             .rate = rate_of(durations_, ticks_),
             .frames = static_cast<std::int64_t>(durations_.size())};
  }
  const Encoded& file() const { return file_; }

 private:
  virtual Image decode_next() = 0;

  std::vector<std::byte> bytes_;
  Encoded file_;
  int ticks_;
  std::vector<int> durations_;
  ClipInfo info_;
  std::size_t at_ = 0;
};

class GifReader final : public AnimationReader {
 public:
  GifReader(std::vector<std::byte> bytes, const std::string& name)
      : AnimationReader(std::move(bytes), name, gif_ticks) {
    const GifParts parts = walk_gif(file().bytes);
    if (!parts.whole) does_not_decode(file(), "it is damaged or ends early");
    keep_durations(parts.delays);
    frames_ = std::make_unique<GifFrames>(file());
  }

 private:
  Image decode_next() override { return frames_->next(); }
  std::unique_ptr<GifFrames> frames_;
};

class WebpReader final : public AnimationReader {
 public:
  WebpReader(std::vector<std::byte> bytes, const std::string& name)
      : AnimationReader(std::move(bytes), name, webp_ticks) {
    frames_ = std::make_unique<WebpFrames>(file());
    keep_durations(frames_->durations(), exif_orientation(walk_webp(file().bytes).exif));
  }

 private:
  Image decode_next() override { return to_image(frames_->next()); }
  std::unique_ptr<WebpFrames> frames_;
};

/// What both kinds of writer do: they keep the time, and write the file when it is complete.
class AnimationWriter : public ClipWriter {
 public:
  int width() const override { return width_; }
  int height() const override { return height_; }

  void add(const Image& frame, double seconds) override {
    if (frame.width != width_ || frame.height != height_) {
      throw Error(ErrorKind::shape, "a frame of " + std::to_string(frame.width) + "x" + std::to_string(frame.height) +
                                        " px does not fit a clip of " + std::to_string(width_) + "x" +
                                        std::to_string(height_));
    }
    time_ += seconds > 0 ? seconds : 1 / rate_;
    const auto least = static_cast<std::int64_t>(ticks_ / most_rate);
    const std::int64_t end = std::max<std::int64_t>(end_ + least, std::llround(time_ * ticks_));
    encode(frame, end_, end);
    end_ = end;
  }
  void finish() override {
    const std::vector<std::uint8_t> bytes = encoded();
    write_whole(path_, std::as_bytes(std::span(bytes)));
  }

 protected:
  AnimationWriter(fs::path path, int width, int height, double rate, int ticks)
      : path_(std::move(path)), width_(width), height_(height), rate_(rate), ticks_(ticks) {}
  std::int64_t end() const { return end_; }

 private:
  /// Begin and end are in ticks.
  virtual void encode(const Image& frame, std::int64_t begin, std::int64_t end) = 0;
  virtual std::vector<std::uint8_t> encoded() = 0;

  fs::path path_;
  int width_;
  int height_;
  double rate_;
  int ticks_;
  double time_ = 0;  ///< where the last frame ends, s
  std::int64_t end_ = 0;
};

class GifWriter final : public AnimationWriter {
 public:
  GifWriter(const fs::path& path, int width, int height, double rate)
      : AnimationWriter(path, width, height, rate, gif_ticks), file_(width, height) {}

 private:
  void encode(const Image& frame, std::int64_t begin, std::int64_t end) override {
    constexpr std::int64_t most_delay = 65'535;
    file_.add(frame, static_cast<int>(std::min(end - begin, most_delay)));
  }
  std::vector<std::uint8_t> encoded() override { return file_.finish(); }
  GifAnimation file_;
};

class WebpWriter final : public AnimationWriter {
 public:
  WebpWriter(const fs::path& path, int width, int height, double rate)
      : AnimationWriter(path, width, height, rate, webp_ticks), file_(width, height, webp_quality) {}

 private:
  void encode(const Image& frame, std::int64_t begin, std::int64_t) override {
    file_.add(frame, static_cast<int>(begin));
  }
  std::vector<std::uint8_t> encoded() override { return file_.finish(static_cast<int>(end())); }
  WebpAnimation file_;
};

void require_writable_size(const fs::path& path, int width, int height, int most_side) {
  if (std::max(width, height) <= most_side) return;
  throw Error(ErrorKind::resource,
              "frames of " + std::to_string(width) + "x" + std::to_string(height) + " px do not fit in " +
                  path.string() + ", whose sides have at most " + std::to_string(most_side),
              "make them smaller");
}

}  // namespace

bool is_animation_name(const fs::path& path) {
  const std::string ending = ending_of(path);
  return ending == ".gif" || ending == ".webp";
}

bool is_gif_or_webp(const fs::path& path) {
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored)) return false;
  std::array<char, 16> begin{};
  std::ifstream(path, std::ios::binary).read(begin.data(), begin.size());
  const auto format = picture_format(std::as_bytes(std::span(begin)));
  return format == PictureFormat::gif || format == PictureFormat::webp;
}

bool is_animation(const fs::path& path) {
  return is_gif_or_webp(path) && count_frames(read_whole(path, most_animation_bytes)) > 1;
}

std::unique_ptr<ClipReader> read_animation(const fs::path& path) {
  std::vector<std::byte> bytes = read_whole(path, most_animation_bytes);
  const Encoded file = encoded_of(bytes, path.string(), most_side);
  if (file.format == PictureFormat::gif) return std::make_unique<GifReader>(std::move(bytes), path.string());
  if (file.format == PictureFormat::webp) return std::make_unique<WebpReader>(std::move(bytes), path.string());
  throw Error(ErrorKind::format, path.string() + " is no clip: it is a " + std::string(name(file.format)) + " picture");
}

std::unique_ptr<ClipWriter> write_animation(const fs::path& path, int width, int height, double rate) {
  std::error_code ignored;
  if (path.has_parent_path() && !fs::is_directory(path.parent_path(), ignored)) {
    throw Error(ErrorKind::file,
                "cannot write " + path.string() + ": there is no folder " + path.parent_path().string());
  }
  if (ending_of(path) == ".gif") {
    require_writable_size(path, width, height, 65'535);
    return std::make_unique<GifWriter>(path, width, height, rate);
  }
  require_writable_size(path, width, height, 16'383);
  return std::make_unique<WebpWriter>(path, width, height, rate);
}

}  // namespace fovea

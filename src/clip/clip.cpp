// SPDX-License-Identifier: Apache-2.0
#include <fovea/clip.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <set>
#include <string>
#include <system_error>

#include <dlfcn.h>
#include <unistd.h>

#include <fovea/error.h>

#include "clip/animation.h"
#include "clip/plugin.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;

constexpr const char* file_name = "libfovea_clip.so";

/// Places where the part that decodes clips may lie: where $FOVEA_CLIP says, where it was built, beside the program, in
/// the system's folders.
std::vector<std::string> places() {
  std::vector<std::string> found;
  if (const char* named = std::getenv("FOVEA_CLIP")) found.emplace_back(named);
  found.emplace_back(FOVEA_CLIP_BUILT);
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
  if (!program.empty()) {
    found.push_back((program.parent_path() / file_name).string());
    found.push_back((program.parent_path().parent_path() / "lib" / file_name).string());
  }
  found.emplace_back(file_name);
  return found;
}

/// The loaded part; it stays for the life of the program.
class Plugin {
 public:
  static const Plugin& get() {
    static const Plugin plugin;
    return plugin;
  }

  fovea_clip_open_t* open = nullptr;
  fovea_clip_next_t* next = nullptr;
  fovea_clip_close_t* close = nullptr;
  fovea_clip_create_t* create = nullptr;
  fovea_clip_add_t* add = nullptr;
  fovea_clip_finish_t* finish = nullptr;

 private:
  Plugin() {
    void* handle = nullptr;
    for (const std::string& place : places()) {
      handle = dlopen(place.c_str(), RTLD_NOW | RTLD_LOCAL);
      if (handle != nullptr) break;
    }
    if (handle == nullptr) {
      throw Error(ErrorKind::unsupported,
                  std::string("the part that reads and writes clips, ") + file_name + ", is not there",
                  "build the target fovea_clip, or let FOVEA_CLIP name its place");
    }
    load(handle, "fovea_clip_open", open);
    load(handle, "fovea_clip_next", next);
    load(handle, "fovea_clip_close", close);
    load(handle, "fovea_clip_create", create);
    load(handle, "fovea_clip_add", add);
    load(handle, "fovea_clip_finish", finish);
  }

  template <class Function>
  static void load(void* handle, const char* name, Function*& function) {
    function = reinterpret_cast<Function*>(dlsym(handle, name));
    if (function == nullptr) {
      throw Error(ErrorKind::unsupported, std::string(file_name) + " has no " + name,
                  "it is of another version: build it anew");
    }
  }
};

class Reader final : public ClipReader {
 public:
  explicit Reader(const fs::path& path) : path_(path.string()) {
    FoveaClipInfo info{};
    handle_ = Plugin::get().open(path.c_str(), &info);
    if (handle_ == nullptr) {
      throw Error(ErrorKind::format, path_ + " does not decode as a clip",
                  "is it whole, and of a common format such as .mp4?");
    }
    info_ = {info.width, info.height, info.rate, info.frames};
  }
  ~Reader() override { Plugin::get().close(handle_); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  const ClipInfo& info() const override { return info_; }

  std::optional<Image> next() override {
    Image frame = make_image(info_.width, info_.height);
    const int got = Plugin::get().next(handle_, frame.rgb.data());
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
    handle_ = Plugin::get().create(temporary_.c_str(), width_, height_, rate);
    if (handle_ == nullptr) {
      std::error_code ignored;
      fs::remove(temporary_, ignored);
      throw Error(ErrorKind::file, "no encoder writes " + path.string(),
                  "can its folder be written? try another ending: .mp4, .avi, .mkv");
    }
  }
  ~Writer() override {
    if (handle_ != nullptr) Plugin::get().finish(handle_);
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
      Plugin::get().add(handle_, (fits ? frame : even).rgb.data());
    }
  }

  void finish() override {
    Plugin::get().finish(handle_);
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
  std::string ending = path.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(), [](unsigned char c) { return std::tolower(c); });
  return endings.contains(ending);
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

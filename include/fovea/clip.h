// Moving pictures: reading and writing them, and maps that are drawn on one scale over time.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

#include <fovea/api.h>
#include <fovea/image.h>
#include <fovea/technique.h>

namespace FOVEA_API fovea {

/// Returns the value that `draw` gives the full colour of a map: its largest magnitude, or of maps as fine as a picture
/// a high percentile; 0 for an empty map. Of a map whose zero means nothing it is counted from its lowest value.
double strength_of(const Map& map);

/// Draws a map as `draw` does, but on a given scale: `strength` has the full colour, 0 stands for the map's own. Frames
/// of one clip drawn on one scale can be compared.
Image draw(const Map& map, const Image& seen, double strength);

/// Tells whether a file is a clip: one whose name ends as a video's does (.mp4, .m4v, .mov, .avi, .mkv, .webm), or a
/// GIF or WebP file, whatever its name, that holds more than one picture.
bool is_clip(const std::filesystem::path& path);

/// Tells whether a name ends as that of a clip that can be written: a video's, .gif or .webp.
bool writes_clip(const std::filesystem::path& path);

/// What is known of a clip before it is read.
struct ClipInfo {
  int width = 0;    ///< px
  int height = 0;   ///< px
  double rate = 0;  ///< frames per second; where durations differ, so many that each is a number of frames, at most 50
  std::int64_t frames = 0;  ///< as the file says; 0: it does not, and it may be wrong
};

/// Reads a clip frame by frame.
class ClipReader {
 public:
  virtual ~ClipReader() = default;
  virtual const ClipInfo& info() const = 0;
  /// Returns the next frame; nothing at the end.
  virtual std::optional<Image> next() = 0;
  /// Tells how long the frame that `next` returned last is shown, s. In GIF and WebP files every frame has its own
  /// duration; one of 1/100 s or less counts as 1/10 s, as browsers have it.
  virtual double seconds() const = 0;
};

/// Writes a clip frame by frame; the file appears whole with `finish`, or not at all.
class ClipWriter {
 public:
  virtual ~ClipWriter() = default;
  /// Tells the size of the clip's frames, px: that of the frames added, cut to even numbers where the format needs it.
  virtual int width() const = 0;
  virtual int height() const = 0;
  /// Adds a frame that is shown for some time, 0: as long as the clip's rate says. GIF and WebP files keep the time, in
  /// 1/100 s and 1/1000 s and at least 1/50 s; a video repeats the frame, or leaves it out where it would be shown for
  /// less than half of one. Throws `Error`.
  virtual void add(const Image& frame, double seconds) = 0;
  void add(const Image& frame) { add(frame, 0); }
  /// Completes the file and puts it into its place. Throws `Error(file)`.
  virtual void finish() = 0;
};

/// Opens a clip, a GIF or WebP file by its content. Throws `Error(file|format)` for a file that is missing or does not
/// decode, `Error(unsupported)` when the part that decodes videos (a library of its own, loaded here for the first
/// time) is not installed.
std::unique_ptr<ClipReader> read_clip(const std::filesystem::path& path);

/// Starts a clip: GIF (every frame in at most 256 colours of its own) or WebP by the ending, repeated for ever and of
/// any size; else a video, H.264 where there is an encoder, else MPEG-4, its size cut to an even one, as these need.
std::unique_ptr<ClipWriter> write_clip(const std::filesystem::path& path, int width, int height, double rate);

}  // namespace fovea

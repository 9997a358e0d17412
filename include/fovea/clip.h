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

/// Tells whether a file's name ends as a clip's does (.mp4, .mov, .avi, .mkv, .webm, .m4v, .gif is a picture).
bool is_clip(const std::filesystem::path& path);

/// What is known of a clip before it is read.
struct ClipInfo {
  int width = 0;            ///< px
  int height = 0;           ///< px
  double rate = 0;          ///< frames per second
  std::int64_t frames = 0;  ///< as the file says; 0: it does not, and it may be wrong
};

/// Reads a clip frame by frame.
class ClipReader {
 public:
  virtual ~ClipReader() = default;
  virtual const ClipInfo& info() const = 0;
  /// Returns the next frame; nothing at the end.
  virtual std::optional<Image> next() = 0;
};

/// Writes a clip frame by frame; the file appears whole with `finish`, or not at all.
class ClipWriter {
 public:
  virtual ~ClipWriter() = default;
  /// Adds a frame of the writer's size. Throws `Error`.
  virtual void add(const Image& frame) = 0;
  /// Completes the file and puts it into its place. Throws `Error(file)`.
  virtual void finish() = 0;
};

/// Opens a clip. Throws `Error(file|format)` for a file that is missing or does not decode, `Error(unsupported)` when
/// the part that decodes clips (a library of its own, loaded here for the first time) is not installed.
std::unique_ptr<ClipReader> read_clip(const std::filesystem::path& path);

/// Starts a clip, H.264 where there is an encoder, else MPEG-4; an odd size is cut to an even one, as these need.
std::unique_ptr<ClipWriter> write_clip(const std::filesystem::path& path, int width, int height, double rate);

}  // namespace fovea

// What the library and the part that decodes clips say to each other: plain C, no exception crosses. The part is a
// shared library of its own because OpenCV's videoio brings a hundred others with it, a tenth of a second at every
// start.
// SPDX-License-Identifier: Apache-2.0
#pragma once

extern "C" {

struct FoveaClipInfo {
  int width;
  int height;
  double rate;
  long frames;
};

/// Opens a clip; null when it does not decode.
using fovea_clip_open_t = void*(const char* path, FoveaClipInfo* info);
/// Reads the next frame as RGB, width x height x 3 bytes; 0 at the end, -1 when a frame has another size.
using fovea_clip_next_t = int(void* reader, unsigned char* rgb);
using fovea_clip_close_t = void(void* reader);
/// Starts a clip; null when no encoder takes it.
using fovea_clip_create_t = void*(const char* path, int width, int height, double rate);
/// Adds a frame of RGB.
using fovea_clip_add_t = void(void* writer, const unsigned char* rgb);
/// Completes the file.
using fovea_clip_finish_t = void(void* writer);
}

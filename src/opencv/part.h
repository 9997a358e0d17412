// What the library and the part of it that OpenCV is for say to each other: plain C, no exception crosses. The part is
// a shared library of its own that is loaded when it is first asked for something, because OpenCV's videoio brings a
// hundred others with it, a tenth of a second at every start, and because most of what Fovea does needs none of it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

extern "C" {

struct FoveaClipInfo {
  int width;
  int height;
  double rate;
  long frames;
};

/// What surrounds a picture.
enum FoveaBorder { fovea_border_mean, fovea_border_edge, fovea_border_reflect };

/// What GrabCut is told of a pixel.
enum FoveaSeed { fovea_seed_background, fovea_seed_object, fovea_seed_likely_background, fovea_seed_likely_object };

/// All that the part does. Pictures are RGB, width x height x 3 bytes; what returns an int returns 1 when it is done
/// and 0 when it failed, unless said otherwise.
struct FoveaOpencv {
  int version;  ///< `fovea_opencv_version` of the header that it was built with

  /// Opens a clip; null when it does not decode.
  void* (*open_clip)(const char* path, FoveaClipInfo* info);
  /// Reads the next frame; 0 at the end, -1 when a frame has another size.
  int (*next_frame)(void* reader, unsigned char* rgb);
  void (*close_clip)(void* reader);
  /// Starts a clip; null when no encoder takes it.
  void* (*create_clip)(const char* path, int width, int height, double rate);
  void (*add_frame)(void* writer, const unsigned char* rgb);
  /// Completes the file.
  void (*finish_clip)(void* writer);

  /// Fills polygons of one shape (even-odd) in a picture of one channel. Contours lie one after another in `corners`,
  /// pairs x y in fixed point of `fraction_bits`; `counts` says how many corners each has.
  int (*fill)(unsigned char* pixels, int width, int height, const int* corners, const int* counts, int contours,
              int value, int fraction_bits);
  /// Moves a picture: each pixel x y shows the place inverse (x y 1)^T of the old one, [2,3], by bicubic interpolation.
  int (*warp)(const unsigned char* rgb, int width, int height, const double* inverse, FoveaBorder border,
              unsigned char* moved);
  /// Cuts the object out by GrabCut from a `FoveaSeed` for every pixel: 1 in the largest connected part of what it
  /// takes for the object, else 0. The same every time.
  int (*cut)(const unsigned char* rgb, int width, int height, const unsigned char* seeds, int rounds,
             unsigned char* object);
};

/// Raised with every change above.
constexpr int fovea_opencv_version = 1;

/// The one function that the part exports: "fovea_opencv".
using fovea_opencv_t = const FoveaOpencv*();
}

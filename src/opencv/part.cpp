// The part of Fovea that OpenCV is for: the table of what it does, handed out once OpenCV has been told to keep to
// itself.
// SPDX-License-Identifier: Apache-2.0
#include "opencv/part.h"

#include <cstdlib>

#include <opencv2/core/utility.hpp>
#include <opencv2/core/utils/logger.hpp>

#include "opencv/clips.h"
#include "opencv/pictures.h"

namespace fovea::opencv {
namespace {

/// Keeps OpenCV and FFmpeg from printing, and OpenCV in the calling thread: a pool of its own beside the team would
/// wait for the same processors.
void be_quiet() {
  cv::setNumThreads(0);
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  setenv("OPENCV_FFMPEG_LOGLEVEL", "-8", /*overwrite=*/0);  // AV_LOG_QUIET
}

constexpr FoveaOpencv table{.version = fovea_opencv_version,
                            .open_clip = open_clip,
                            .next_frame = next_frame,
                            .close_clip = close_clip,
                            .create_clip = create_clip,
                            .add_frame = add_frame,
                            .finish_clip = finish_clip,
                            .fill = fill,
                            .warp = warp,
                            .cut = cut};

}  // namespace
}  // namespace fovea::opencv

extern "C" const FoveaOpencv* fovea_opencv() {
  static const bool quiet = (fovea::opencv::be_quiet(), true);
  return quiet ? &fovea::opencv::table : nullptr;
}

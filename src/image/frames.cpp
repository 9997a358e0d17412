// SPDX-License-Identifier: Apache-2.0
#include "image/frames.h"

#include <algorithm>

#include "image/codecs/gif.h"
#include "image/containers.h"

namespace fovea {

std::int64_t count_frames(Bytes file) {
  const auto format = picture_format(file);
  if (format == PictureFormat::gif) return static_cast<std::int64_t>(walk_gif(file).delays.size());
  if (format == PictureFormat::webp) return std::max<std::int64_t>(1, walk_webp(file).frames);
  return 1;
}

}  // namespace fovea

// Reading the pictures of a making.
// SPDX-License-Identifier: Apache-2.0
#include "shared/making_pictures.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include <fmt/format.h>

#include <fovea/clip.h>

namespace fovea::cli {
namespace {

/// Frames of a clip, evenly spaced, at least half of `most` and at most `most` where it has as many.
std::vector<NamedImage> read_frames(const std::string& path, std::size_t most) {
  const std::unique_ptr<ClipReader> clip = read_clip(path);
  std::vector<NamedImage> frames;
  std::size_t stride = 1;
  for (std::size_t index = 0;; ++index) {
    std::optional<Image> frame = clip->next();
    if (!frame) return frames;
    if (index % stride != 0) continue;
    if (frames.size() == most) {  // every other one makes room
      for (std::size_t i = 1; 2 * i < frames.size(); ++i) frames[i] = std::move(frames[2 * i]);
      frames.resize((frames.size() + 1) / 2);
      stride *= 2;
      if (index % stride != 0) continue;
    }
    frames.push_back(
        {fmt::format("{}_{:04}.png", std::filesystem::path(path).stem().string(), index), std::move(*frame)});
  }
}

}  // namespace

std::vector<NamedImage> read_pictures(const MakingRequest& request) {
  std::vector<NamedImage> pictures;
  for (const std::string& path : request.pictures) {
    if (!is_clip(path)) {
      pictures.push_back({path, read_image(path)});
      continue;
    }
    const std::size_t left = request.kind->most_pictures - std::min(pictures.size(), request.kind->most_pictures);
    for (NamedImage& frame : read_frames(path, std::max<std::size_t>(left, 2))) pictures.push_back(std::move(frame));
  }
  return pictures;
}

}  // namespace fovea::cli

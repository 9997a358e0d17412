// A page to zoom into a map of pictures: points from afar, pictures from near; one HTML file with sheets of thumbnails
// beside it, and nothing loaded from elsewhere.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <fovea/image.h>

namespace fovea::cli {

/// One picture of the map.
struct ZoomPoint {
  double x = 0;
  double y = 0;
  std::int64_t label = -1;
  std::string text;  ///< shown under the mouse
  Image thumbnail;   ///< square; all of one size
};

/// Writes index.html and thumbnails_*.jpg into a folder. `labels` names what colours stand for; nothing where empty.
void write_zoom_page(const std::filesystem::path& folder, const std::string& title, const std::string& says,
                     const std::vector<std::string>& labels, const std::vector<ZoomPoint>& points);

}  // namespace fovea::cli

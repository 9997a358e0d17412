// A clip explained frame by frame, drawn on one scale.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

#include <fovea/figure.h>

#include "shared/explanation.h"
#include "shared/json.h"

namespace fovea::cli {

/// How a clip is explained.
struct ClipRequest {
  const Request& request;  ///< one technique
  std::filesystem::path clip;
  std::filesystem::path out;
  std::int64_t every = 1;  ///< frames between two that are explained; those between keep the last map
};

/// What came of a clip.
struct ExplainedClip {
  std::int64_t frames = 0;
  std::int64_t explained = 0;
  double strength = 0;  ///< of a map's value that has the full colour, as `draw` takes it
  Drawing drawing = Drawing::heat;
  int width = 0;  ///< of a frame, px
  int height = 0;
  Json classes = Json::array();  ///< the top class where it changes: frame, class, probability
  Settings options;              ///< every option's effective value
  std::string at;
  std::string input_hash;
  double seconds = 0;
  std::vector<FontUse> fonts;  ///< of the words on the frames
};

/// Explains a clip and writes it with the map over every frame. The scale is the 95th percentile of the frames' own,
/// held over time, so that strong and weak moments can be told apart. Throws `Error`; nothing is written then.
ExplainedClip explain_clip(const ClipRequest& clip, const Model& model);

}  // namespace fovea::cli

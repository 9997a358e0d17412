// Sidecars: a JSON beside every result that says all that is needed to make the same bytes again.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include <fovea/figure.h>

#include "shared/explained_clip.h"
#include "shared/explanation.h"
#include "shared/json.h"

namespace fovea::cli {

/// What a sidecar asks to be done again.
struct Rerun {
  Request request;
  std::filesystem::path picture;
  std::int64_t every = 1;  ///< of a clip
  std::filesystem::path out;
  std::string version;  ///< of the fovea that wrote it
  std::string model_hash;
  std::string preprocess;  ///< how the picture became the input, as `describe` words it
  std::string input_hash;
};

/// Returns the sidecar of a result: the same name with .json.
std::filesystem::path sidecar_of(const std::filesystem::path& result);

/// Tells whether a file is a sidecar; false when it is missing or any other JSON, such as a model's card.
bool is_sidecar(const std::filesystem::path& path);

/// Words a sidecar of one answer, or of a whole sheet when `answer` is null; `drawn` is what was drawn, if anything.
Json sidecar(const Request& request, const Model& model, const Explanation& explanation, const Answer* answer,
             const std::filesystem::path& result, const Figure& drawn, double load_seconds);

/// Words the sidecar of a clip.
Json clip_sidecar(const ClipRequest& clip, const Model& model, const ExplainedClip& explained, double load_seconds);

/// Reads a sidecar; throws `Error(format)` naming what is missing.
Rerun read_sidecar(const std::filesystem::path& path);

/// Throws `Error(file)` when the model, its preprocessing or the picture is no longer what the sidecar speaks of.
void require_unchanged(const Rerun& rerun, const Model& model);

/// Words one answer: technique, options, where it was read, notes, figures.
Json to_json(const Answer& answer);
/// Words a class with its score and probability.
Json to_json(const Opinion& opinion);

}  // namespace fovea::cli

// What `fovea make` is asked to make, as the command line, a list of jobs or a sidecar says it; and how it is written.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <fovea/make.h>

#include "shared/arguments.h"
#include "shared/json.h"

namespace fovea::cli {

/// One making.
struct MakingRequest {
  const MakeKind* kind = nullptr;
  ModelChoice model;  ///< path empty for kinds without a network
  std::vector<std::string> pictures;
  std::string preset;
  Settings settings;
  std::vector<std::string> checks;  ///< other networks whose opinion is asked
  std::uint64_t seed = 0;
  std::string out;
  std::string film;     ///< clip of the process; "": none
  std::string preview;  ///< picture of the state, renewed while it works; "": none
  bool raw = false;     ///< .npy beside the pictures
};

/// Where results go.
struct MakingPlace {
  std::filesystem::path file;    ///< picture, .npy or clip; in a folder KIND.png
  std::filesystem::path folder;  ///< empty: one file
  bool drawn = true;
  bool raw = false;
  bool clip = false;  ///< `file` is the film
};

/// Reads --out; throws `Error(usage)` for an unknown ending, `Error(file)` when it cannot be written or would overwrite
/// what `fovea make` did not write.
MakingPlace place_of(const MakingRequest& request);

/// Returns the folder in which an unfinished making is kept.
std::filesystem::path unfinished_of(const MakingPlace& place);

/// Words a request; `read_making` reads it back. Paths are absolute.
Json to_json(const MakingRequest& request);
/// Reads a request from a job or a sidecar; paths are relative to `folder`. Throws `Error(format)` naming what is
/// missing or unknown.
MakingRequest read_making(const Json& json, const std::filesystem::path& folder);
/// Reads a list of jobs (.json, .yaml, .yml): {"jobs": [...], and what all have in common}, or a list; or a sidecar.
std::vector<MakingRequest> read_jobs(const std::filesystem::path& path);

/// Writes what was made, with its sidecar; returns the files' names. `told` is the sidecar.
std::vector<std::string> write_made(const MakingRequest& request, const MakingPlace& place, const Made& made,
                                    const Json& told);

}  // namespace fovea::cli

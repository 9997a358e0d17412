// What the parts of `fovea show` share: what each is asked, its inputs, the places of its results, their sidecars.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <fovea/figure.h>

#include "shared/arguments.h"
#include "shared/input.h"
#include "shared/json.h"

namespace fovea::cli {

/// What every part of `fovea show` takes.
struct ShowRequest {
  std::string kind;  ///< the part's name
  ModelChoice model;
  Common common;
  std::vector<std::string> images;
  std::string at;
  std::string scale = "own";
  std::string out;
};

/// Adds --at, whose help says what it is without.
void add_at(Parser& parser, ShowRequest& request, const std::string& help);
/// Adds --scale own|shared for `things`.
void add_scale(Parser& parser, ShowRequest& request, const std::string& things);
/// Adds --out; `raw` says what a .npy holds.
void add_out(Parser& parser, ShowRequest& request, const std::string& raw);

/// Throws unless the result and its sidecar may be written: nothing that is not ours is overwritten, the pictures that
/// are looked at neither. `raw` says what a .npy holds; empty: there is none.
void require_place(const ShowRequest& request, std::string_view raw);

/// Reads the one picture of an image or a .npy. Throws `Error(usage)` for a batch of several, `Error(unsupported)` when
/// the network's input is no picture.
Input read_one(const std::string& path, const Model& model);

/// Finds the value that --at names. Throws `Error(usage)` for a constant.
ValueId value_at(const Model& model, const std::string& at);

/// The order of the network's input channels: "RGB" or "BGR".
std::string channels_of(const Model& model);

/// Returns what every sidecar begins with: version, kind, output, model, pictures.
Json show_head(const ShowRequest& request, const Model& model);

/// Writes a result's sidecar, which names the fonts of what was drawn, and, with --json, prints it.
void finish(const ShowRequest& request, Json json, const Figure& drawn);

/// Prints where the result lies.
void print_written(const ShowRequest& request);

}  // namespace fovea::cli

// Asking a kind of making: the checks before and after.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/make.h>

#include <algorithm>

#include <ATen/ops/isfinite.h>

#include <fovea/error.h>

#include "core/progress.h"

namespace fovea {

namespace make {
std::span<const MakeKind* const> all();
}

const Model& MakeCall::network() const {
  if (model != nullptr) return *model;
  throw Error(ErrorKind::internal, "a kind of making asks for a network that it does not say it needs");
}

void MakeCall::report(const MakeStatus& status) const { report_to(progress, status); }

std::span<const MakeKind* const> all_make_kinds() { return make::all(); }

const MakeKind& find_make_kind(std::string_view name) {
  std::vector<std::string> known;
  for (const MakeKind* kind : all_make_kinds()) {
    if (kind->name == name) return *kind;
    known.emplace_back(kind->name);
  }
  std::string hint = did_you_mean(name, known);
  if (hint.empty()) hint = "`fovea list` shows them all";
  throw Error(ErrorKind::usage, "there is no kind of making '" + std::string(name) + "'", hint);
}

namespace {

std::string counted(std::size_t least, std::size_t most) {
  if (most == 0) return "no picture";
  if (least == most) return std::to_string(least) + (least == 1 ? " picture" : " pictures");
  return std::to_string(least) + " to " + std::to_string(most) + " pictures";
}

/// Lays frames that are smaller than the largest one (a last batch of fewer pictures) on white, at the top left.
void even_out(std::vector<Image>& frames) {
  int width = 0;
  int height = 0;
  for (const Image& frame : frames) {
    width = std::max(width, frame.width);
    height = std::max(height, frame.height);
  }
  for (Image& frame : frames) {
    if (frame.width == width && frame.height == height) continue;
    Image laid = make_image(width, height, {255, 255, 255});
    for (int y = 0; y < frame.height; ++y) {
      std::copy_n(frame.at(0, y), 3 * static_cast<std::size_t>(frame.width), laid.at(0, y));
    }
    frame = std::move(laid);
  }
}

}  // namespace

Made make_picture(const MakeKind& kind, const Model* model, std::span<const NamedImage> pictures,
                  const MakeOptions& options) {
  const std::string name(kind.name);
  if (kind.needs_model && model == nullptr) throw Error(ErrorKind::usage, "'" + name + "' needs a network");
  if (pictures.size() < kind.least_pictures || pictures.size() > kind.most_pictures) {
    throw Error(ErrorKind::usage,
                "'" + name + "' takes " + counted(kind.least_pictures, kind.most_pictures) + ", found " +
                    std::to_string(pictures.size()),
                kind.pictures.empty() ? "" : "they are " + std::string(kind.pictures));
  }
  const Options effective("'" + name + "'", kind.options, kind.presets, options.preset, options.settings);
  Made made = kind.make({.model = model,
                         .pictures = pictures,
                         .options = effective,
                         .seed = options.seed,
                         .progress = options.progress,
                         .preview = options.preview,
                         .witnesses = options.witnesses,
                         .resume = options.resume,
                         .film = options.film});
  even_out(made.frames);
  return made;
}

}  // namespace fovea

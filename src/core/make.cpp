// Asking a kind of making: the checks before and after.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/make.h>

#include <ATen/ops/isfinite.h>

#include <fovea/error.h>

namespace fovea {

namespace make {
std::span<const MakeKind* const> all();
}

const Model& MakeCall::network() const {
  if (model != nullptr) return *model;
  throw Error(ErrorKind::internal, "a kind of making asks for a network that it does not say it needs");
}

void MakeCall::report(const MakeStatus& status) const {
  if (progress && !progress(status)) throw Error(ErrorKind::usage, "stopped");
}

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
  return kind.make({.model = model,
                    .pictures = pictures,
                    .options = effective,
                    .seed = options.seed,
                    .progress = options.progress,
                    .preview = options.preview,
                    .witnesses = options.witnesses,
                    .resume = options.resume,
                    .film = options.film});
}

}  // namespace fovea

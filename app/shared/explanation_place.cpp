// Reading and checking where `fovea explain` writes.
// SPDX-License-Identifier: Apache-2.0
#include "shared/explanation_place.h"

#include <set>

#include <fmt/format.h>

#include <fovea/clip.h>
#include <fovea/error.h>

#include "core/lower_case.h"
#include "shared/place.h"
#include "shared/sidecar.h"

namespace fovea::cli {
namespace {

namespace fs = std::filesystem;

/// Throws unless a result and its sidecar may be written: nothing that is not ours is overwritten.
void require_free(const fs::path& file, const fs::path& picture) {
  require_writable(file);
  std::error_code ignored;
  if (fs::equivalent(file, picture, ignored)) {
    throw Error(ErrorKind::usage, file.string() + " is the picture that is explained", "choose another place by --out");
  }
  const fs::path beside = sidecar_of(file);
  require_writable(beside);
  const bool taken = fs::exists(beside, ignored) && !is_sidecar(beside);
  if (taken || fs::exists(fs::path(file).replace_extension(".onnx"), ignored)) {
    throw Error(ErrorKind::file,
                fmt::format("{} would get its sidecar {}, which is {}", file.string(), beside.string(),
                            taken ? "another file, such as a model's card" : "the name of a model's card"),
                "choose another place by --out");
  }
}

/// A video becomes a video, moving pictures become such, and a picture a picture.
std::string ending_of_answer(const fs::path& picture) {
  if (!is_clip(picture)) return ".png";
  const std::string ending = ending_of(picture);
  return ending == ".gif" || ending == ".webp" ? ending : ".mp4";
}

}  // namespace

Destination destination_of(const std::string& out, bool raw, const Request& request, std::size_t pictures) {
  const fs::path path(out);
  std::error_code ignored;
  if (out.ends_with("/") || fs::is_directory(path, ignored)) return {.path = path, .folder = true, .raw = raw};
  const bool npy = ending_of(path) == ".npy";
  if (!draws(path) && !npy) {
    throw Error(ErrorKind::usage, fmt::format("--out '{}': what to write is not known from its ending", out),
                writes_clip(path)
                    ? "a clip comes of a clip: fovea explain MODEL clip.mp4 --technique NAME --out why.mp4"
                    : ".png, .jpg, .webp, .svg and .pdf draw, .npy writes the raw map, a folder ends in /");
  }
  if (pictures > 1) {
    throw Error(ErrorKind::usage, fmt::format("--out '{}' is one file for {} pictures", out, pictures),
                "name a folder: --out maps/");
  }
  if ((npy || raw) && request.sheet) {
    throw Error(ErrorKind::usage, "raw maps of several techniques do not fit into one file",
                "name a folder: --out maps/ --raw");
  }
  return {.path = path, .drawn = !npy, .raw = npy || raw};
}

std::string place_beside_caller(const Request& request, const std::vector<std::string>& pictures) {
  if (pictures.size() != 1) return "./";
  const fs::path picture(pictures.front());
  const std::string what = request.sheet ? "sheet" : std::string(request.choices.front().technique->name);
  return picture.stem().string() + "_" + what + ending_of_answer(picture);
}

fs::path file_of(const Destination& to, const fs::path& picture, std::string_view technique) {
  return to.folder ? to.path / fmt::format("{}_{}{}", picture.stem().string(), technique, to.drawn ? ".png" : ".npy")
                   : to.path;
}

void require_free(const Destination& to, const Request& request, const std::vector<std::string>& pictures) {
  std::error_code ignored;
  const bool later = to.folder && !fs::exists(to.path, ignored);  // made when there is something to put into it
  if (to.folder) require_creatable(to.path);
  std::set<fs::path> files;
  for (const fs::path picture : pictures) {
    for (const Choice& choice : request.choices) {
      const fs::path file = file_of(to, picture, choice.technique->name);
      if (!files.insert(file).second && to.folder) {
        throw Error(ErrorKind::usage, fmt::format("two pictures would be written to {}", file.string()),
                    "explain pictures of one name into different folders");
      }
      if (!later) require_free(file, picture);
    }
  }
}

}  // namespace fovea::cli

// SPDX-License-Identifier: Apache-2.0
#include "shared/shipped.h"

#include <algorithm>
#include <cstdlib>

#include <fovea/error.h>

#include "core/lower_case.h"
#include "shared/text.h"

namespace fovea::cli {
namespace {

namespace fs = std::filesystem;

constexpr int most_folders_up = 5;  // build/release/app/fovea lies three below models/

}  // namespace

std::optional<fs::path> models_folder() {
  if (const char* named = std::getenv("FOVEA_MODELS"); named != nullptr && *named != '\0') return fs::path(named);
  std::error_code error;
  fs::path folder = fs::read_symlink("/proc/self/exe", error).parent_path();
  if (const fs::path installed = (folder / FOVEA_TO_DATA / "models").lexically_normal(); fs::exists(installed, error)) {
    return installed;
  }
  for (int up = 0; up < most_folders_up && !folder.empty(); ++up) {
    if (fs::exists(folder / "models" / "world.onnx", error)) return folder / "models";
    folder = folder.parent_path();
  }
  return std::nullopt;
}

std::vector<std::string> shipped_models() {
  std::vector<std::string> names;
  const auto folder = models_folder();
  std::error_code error;
  if (!folder || !fs::is_directory(*folder, error)) return names;
  for (const fs::directory_entry& entry : fs::directory_iterator(*folder, error)) {
    if (ending_of(entry.path()) == ".onnx") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

fs::path shipped_model(const std::string& name) {
  const auto folder = models_folder();
  if (folder && fs::exists(*folder / (name + ".onnx"))) return *folder / (name + ".onnx");
  const std::vector<std::string> names = shipped_models();
  throw Error(ErrorKind::file,
              folder ? "there is no shipped model '" + name + "' in " + folder->string()
                     : "the shipped models were not found beside the program",
              names.empty() ? "set FOVEA_MODELS to their folder" : "there are " + joined(names, ", "));
}

}  // namespace fovea::cli

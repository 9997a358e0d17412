// SPDX-License-Identifier: Apache-2.0
#include "core/part_library.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include <dlfcn.h>

#include <fovea/error.h>

#include "core/own_folder.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const PartLibrary& part, const std::string& why, const std::string& hint) {
  throw Error(ErrorKind::unsupported, std::string("the part that ") + part.does + ", " + part.file + ", " + why, hint);
}

/// Tells whether a place is a file, or a name that the system looks for.
bool may_be_there(const std::string& place) {
  std::error_code ignored;
  return place.find('/') == std::string::npos || fs::exists(place, ignored);
}

}  // namespace

std::vector<std::string> places_of(const PartLibrary& part) {
  if (const char* named = std::getenv(part.variable)) return {named};
  // Beside the library or in its folder `fovea`; above where tests are built.
  std::vector<std::string> places;
  const fs::path own = own_folder();
  for (const fs::path& folder : {own / "fovea", own, own.parent_path(), own.parent_path().parent_path()})
    places.push_back((folder / part.file).string());
  places.emplace_back(part.file);
  return places;
}

void* load_part(const PartLibrary& part, const char* symbol) {
  std::string failure;  // of the first file that is there
  for (const std::string& place : places_of(part)) {
    if (!may_be_there(place)) continue;
    void* handle = dlopen(place.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) {
      const char* said = dlerror();
      if (failure.empty() && place != part.file) failure = said != nullptr ? said : place;
      continue;
    }
    if (void* found = dlsym(handle, symbol)) return found;
    refuse(part, std::string("has no ") + symbol,
           "it is of another version: build the target " + std::string(part.target));
  }
  if (!failure.empty()) refuse(part, "does not load: " + failure, "is a library missing that it needs?");
  if (const char* named = std::getenv(part.variable)) {
    refuse(part, "is not there",
           std::string(part.variable) + " names the place " + named + "; without it the usual places are tried");
  }
  refuse(part, "is not there",
         std::string("build the target ") + part.target + ", or let " + part.variable + " name its place");
}

const FoveaOpencv& opencv_part() {
  static const FoveaOpencv& part = []() -> const FoveaOpencv& {
    constexpr PartLibrary library{.file = "libfovea_opencv.so",
                                  .does =
                                      "reads and writes clips, draws the rendered world, warps pictures and cuts "
                                      "objects out of them",
                                  .target = "fovea_opencv",
                                  .variable = "FOVEA_OPENCV"};
    const FoveaOpencv* found = reinterpret_cast<fovea_opencv_t*>(load_part(library, "fovea_opencv"))();
    if (found->version != fovea_opencv_version) {
      refuse(library,
             "is version " + std::to_string(found->version) + ", expected " + std::to_string(fovea_opencv_version),
             "build the target fovea_opencv");
    }
    return *found;
  }();
  return part;
}

}  // namespace fovea

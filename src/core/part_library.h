// Parts of Fovea that are shared libraries of their own, loaded when they are first asked for something.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "opencv/part.h"

namespace fovea {

/// A part and where it may lie.
struct PartLibrary {
  const char* file;      ///< "libfovea_opencv.so"
  const char* does;      ///< "reads and writes clips"
  const char* target;    ///< of the build: "fovea_opencv"
  const char* variable;  ///< of the environment, which names its file; nothing else is tried where it is set
};

/// Returns the places that are tried, in order: what the variable names; or the folder `fovea` beside the library
/// (where it is installed), the library's own folder (where it is built), the two above it (tests), where the system
/// looks for libraries.
std::vector<std::string> places_of(const PartLibrary& part);

/// Loads a part, which stays for the life of the program, and returns the address of a symbol of it; throws
/// `Error(unsupported)` where it is not there, does not load or has no such symbol.
void* load_part(const PartLibrary& part, const char* symbol);

/// Returns what the part does that OpenCV is for; loads it at the first call. Throws as `load_part` does.
const FoveaOpencv& opencv_part();

}  // namespace fovea

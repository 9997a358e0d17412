// What the front (app/front) knows of the program, written as C++ while the program is built.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace fovea::cli {

/// Writes verbs with their arguments, names of groups and fixed answers as a C++ file; returns the exit status.
int write_front_tables(const std::string& path);

}  // namespace fovea::cli

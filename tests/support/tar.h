// Reads the members of a .tar archive (POSIX ustar) for tests.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace fovea::test {

/// Returns every regular file of an archive, name (without folders) to bytes.
std::map<std::string, std::string> read_tar(const std::filesystem::path& path);

}  // namespace fovea::test

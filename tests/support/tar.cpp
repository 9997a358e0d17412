// SPDX-License-Identifier: Apache-2.0
#include "support/tar.h"

#include <fstream>

namespace fovea::test {

std::map<std::string, std::string> read_tar(const std::filesystem::path& path) {
  constexpr std::size_t block = 512;
  constexpr std::size_t size_offset = 124;
  constexpr std::size_t type_offset = 156;
  std::ifstream file(path, std::ios::binary);
  std::map<std::string, std::string> members;
  std::string header(block, '\0');
  while (file.read(header.data(), block) && header[0] != '\0') {
    const std::size_t size = std::stoull(header.substr(size_offset, 11), nullptr, 8);
    std::string bytes((size + block - 1) / block * block, '\0');
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(size);
    const char type = header[type_offset];
    if (type != '0' && type != '\0') continue;
    members[std::filesystem::path(header.substr(0, 100).c_str()).filename().string()] = std::move(bytes);
  }
  return members;
}

}  // namespace fovea::test

// The file that holds this function, as the dynamic linker knows it (dladdr1(3)).
// SPDX-License-Identifier: Apache-2.0
#include "core/own_folder.h"

#include <dlfcn.h>
#include <link.h>

#include <system_error>

namespace fovea {

std::filesystem::path own_folder() {
  Dl_info found{};
  link_map* map = nullptr;
  const auto* here = reinterpret_cast<const void*>(&own_folder);
  if (::dladdr1(here, &found, reinterpret_cast<void**>(&map), RTLD_DL_LINKMAP) == 0 || map == nullptr) return {};
  // The program itself has no name there.
  const std::filesystem::path file = *map->l_name != '\0' ? map->l_name : "/proc/self/exe";
  std::error_code error;
  const std::filesystem::path whole = std::filesystem::canonical(file, error);
  return error ? std::filesystem::path() : whole.parent_path();
}

}  // namespace fovea

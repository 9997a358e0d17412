// How much of the processors' time a process's control groups let it have.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>

namespace fovea {

/// Returns the least quota of a process's control groups (version 1 and 2) and of the groups they lie in, in
/// processors: 1.5 where it may run 150 ms of every 100. `process` is its folder, such as /proc/self, of which `cgroup`
/// and `mountinfo` are read. Nothing where none of them has a quota, or none can be read.
std::optional<double> processor_quota(const std::filesystem::path& process);

}  // namespace fovea

// Places of values and nodes in the tables that are kept beside a graph.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace fovea {

/// Returns a value's or a node's place in a table with an entry for each.
inline std::size_t index(std::int32_t id) { return static_cast<std::size_t>(id); }

}  // namespace fovea

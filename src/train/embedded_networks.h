// The texts of src/train/networks, put into the library when it is built.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace fovea {

/// One built-in network: the file's stem and its text.
struct EmbeddedNetwork {
  std::string_view name;
  std::string_view text;
};

/// Returns all of them.
std::span<const EmbeddedNetwork> embedded_networks();

}  // namespace fovea

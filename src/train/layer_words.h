// What a layer's line says: its numbers and flags, and errors that name the line.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <fovea/network.h>

namespace fovea {

/// Throws `Error(format)` naming the network and the line.
[[noreturn]] void bad_layer(const Network& network, const Layer& layer, const std::string& what,
                            const std::string& hint);
/// Reads a whole number within bounds.
std::int64_t number_of(const Network& network, const Layer& layer, std::string_view word, std::int64_t least,
                       std::int64_t most);
/// Reads the number behind an option's word; `otherwise` where the line does not have it.
std::int64_t option_of(const Network& network, const Layer& layer, std::string_view option, std::int64_t otherwise,
                       std::int64_t least, std::int64_t most);
/// Tells whether the line has a flag.
bool has_flag(const Layer& layer, std::string_view flag);

}  // namespace fovea

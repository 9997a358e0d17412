// Places for results: checked before the work, so that an hour of it is not lost to a typing error.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace fovea::cli {

/// Tells by its ending whether a result is a picture: .png, .jpg, .jpeg, .webp, .svg, .pdf.
bool draws(const std::filesystem::path& path);

/// Throws `Error(usage)` when a result, if one is asked for, is no picture.
void require_drawing(const std::string& out);

/// Throws `Error(file)` when a file cannot be written there: its folder is missing or closed, or it is a folder itself.
void require_writable(const std::filesystem::path& file);

/// Throws `Error(file)` when a folder is not there and could not be made.
void require_creatable(const std::filesystem::path& folder);

/// Words a path in full, without `.` and `..`.
std::string absolute_text(const std::filesystem::path& path);

/// Makes a folder with those above it; throws `Error(file)` when that fails.
void make_folder(const std::filesystem::path& folder);

/// Writes text whole or not at all.
void write_text(const std::filesystem::path& file, std::string_view text);

}  // namespace fovea::cli

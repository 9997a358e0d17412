// Clips in files of moving pictures, GIF and WebP, which need no part that is loaded.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fovea/clip.h>

namespace fovea {

/// Tells whether a file begins as GIF or WebP; false for one that cannot be read.
bool is_gif_or_webp(const std::filesystem::path& path);

/// Tells whether a name ends in .gif or .webp.
bool is_animation_name(const std::filesystem::path& path);

/// Tells whether a file that begins as GIF or WebP holds several pictures.
bool is_animation(const std::filesystem::path& path);

/// Opens a GIF or WebP file, also one of a single picture. Throws `Error(file|format|resource)`.
std::unique_ptr<ClipReader> read_animation(const std::filesystem::path& path);

/// Starts a GIF or WebP file, by its ending. Throws `Error`.
std::unique_ptr<ClipWriter> write_animation(const std::filesystem::path& path, int width, int height, double rate);

}  // namespace fovea

// The manifest of an atlas: what it is of, as JSON that is the same text in every build of it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include <fovea/atlas.h>

namespace fovea {

/// Returns where the manifest lies in an atlas's folder.
std::filesystem::path manifest_path(const std::filesystem::path& folder);

/// Words a manifest.
std::string text_of(const AtlasManifest& manifest);

/// Reads one. Throws `Error(file)` when there is none, `Error(format)` naming what it lacks.
AtlasManifest read_manifest(const std::filesystem::path& path);

/// Words what two manifests differ in, "batch: 16 there, 8 asked"; "" when they are of the same atlas.
std::string difference(const AtlasManifest& there, const AtlasManifest& asked);

}  // namespace fovea

// The atlas, its model and its data set, as a command line names them: by the atlas's folder alone.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include <fovea/atlas.h>
#include <fovea/part_units.h>

#include "shared/arguments.h"
#include "shared/dataset.h"

namespace fovea::cli {

/// Opens the data set that a manifest tells of. Throws `Error(file)` when it is no longer where it was, `Error(usage)`
/// when its pictures are not the same any more.
std::unique_ptr<Pictures> open_pictures_of(const AtlasManifest& manifest);

/// Tells which scenes of the rendered world an atlas is of. Throws `Error(usage)` when it is of other pictures.
WorldSource world_of(const AtlasManifest& manifest);

/// Loads the model that a manifest tells of. Throws `Error(file)` when it is no longer there, `Error(usage)` when its
/// file has changed.
Model open_model_of(const AtlasManifest& manifest, const Common& common);

/// Adds ATLAS, the folder.
void add_atlas(Parser& parser, std::string& folder);

/// Words a picture for a caption: the last two parts of its path, or its whole name.
std::string short_name(const std::string& name);

/// Words the label that a picture has, or "".
std::string label_of(const AtlasManifest& manifest, const AtlasPicture& picture);
/// Words what the network takes it for.
std::string prediction_of(const AtlasManifest& manifest, const AtlasPicture& picture);

}  // namespace fovea::cli

// All of Fovea.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fovea/attributes.h>
#include <fovea/data.h>
#include <fovea/error.h>
#include <fovea/filters.h>
#include <fovea/graph.h>
#include <fovea/image.h>
#include <fovea/inspect.h>
#include <fovea/model.h>
#include <fovea/network.h>
#include <fovea/npy.h>
#include <fovea/objective.h>
#include <fovea/op.h>
#include <fovea/options.h>
#include <fovea/plot.h>
#include <fovea/report.h>
#include <fovea/save.h>
#include <fovea/score.h>
#include <fovea/technique.h>
#include <fovea/tensor.h>
#include <fovea/trace.h>
#include <fovea/train.h>
#include <fovea/version.h>
#include <fovea/walk.h>
#include <fovea/world.h>
#include <fovea/world_score.h>

// Running again what follows a value that was replaced: ablations, occluded layers, masks on features.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fovea/objective.h>
#include <fovea/trace.h>

namespace fovea {

/// Runs what follows `at` with `replaced` [n,...] in its place, everything else as it was in a run of batch 1 (which
/// must have kept all values); computes `until`. No tape.
Trace rerun(const Trace& trace, ValueId at, const Tensor& replaced, const std::vector<ValueId>& until);

}  // namespace fovea

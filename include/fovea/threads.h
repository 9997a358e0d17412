// With how many threads Fovea computes. Unless the caller chose, with as many as there are processors that the process
// may use: that is settled before main, for all threads of the process.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fovea/api.h>

namespace FOVEA_API fovea {

/// Returns how many processors the process may use: those it is bound to, or, where that is less, its control groups'
/// quota, rounded up; at least 1.
int usable_processors();

/// Sets the number of threads that the calling thread computes with, and every thread that begins later; throws
/// `Error(usage)` unless it is positive. OMP_NUM_THREADS in the process's environment says the same number afterwards,
/// for it is there that libtorch looks in every thread that begins; a choice by it, or by at::set_num_threads, counts
/// as much as one made here.
void set_threads(int threads);

/// Tells how many threads the calling thread computes with.
int thread_count();

}  // namespace fovea

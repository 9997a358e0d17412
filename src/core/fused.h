// Element-wise rules in one pass over memory: a walk is bound by memory bandwidth, and libtorch would take three to
// six.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>

#include <fovea/tensor.h>

/// Compiles a function for several vector widths; the machine's widest is taken when the program starts. Not under
/// sanitizers, whose start comes too late for it.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define FOVEA_VECTOR_CLONES [[gnu::target_clones("avx512f", "avx2,fma", "default")]]
#else
#define FOVEA_VECTOR_CLONES
#endif

namespace fovea {

/// Returns max(relevance, 0) where 0 < `gate` < `bound`, and 0 elsewhere. Both of one shape.
Tensor positive_where_open(const Tensor& relevance, const Tensor& gate,
                           double bound = std::numeric_limits<double>::infinity());

/// The quotient of a share-out, and whether something could not be shared out.
struct Shares {
  Tensor ratio;       ///< relevance / total where |total| > least, 0 elsewhere
  bool left = false;  ///< whether relevance other than 0 lies where |total| <= least
};

/// Divides relevance by totals of the same shape.
Shares share_out(const Tensor& relevance, const Tensor& total, double least);

/// Returns what share_out leaves: relevance where |total| <= least, 0 elsewhere.
Tensor unshared(const Tensor& relevance, const Tensor& total, double least);

/// Tells whether any element is below 0. Libtorch's min() takes ten times as long on a CPU.
bool any_negative(const Tensor& values);

/// Returns [max(t, 0), min(t, 0)] stacked along axis 1.
Tensor split_signs(const Tensor& t);

/// Returns t times the half of `stacked` (two stacked along axis 1) that belongs to its sign.
Tensor times_by_sign(const Tensor& t, const Tensor& stacked);

}  // namespace fovea

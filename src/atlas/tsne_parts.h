// The parts of t-SNE, which tests and benches hold against their definitions: P, Q's cost and its gradient.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <fovea/embedding.h>

namespace fovea {

/// Joint probabilities p_ij [N,N] by rows: symmetric, without diagonal, of sum 1.
struct JointProbabilities {
  std::int64_t size() const { return static_cast<std::int64_t>(start.size()) - 1; }

  std::vector<std::int64_t> start;   ///< [N+1]: where each row's numbers begin
  std::vector<std::int32_t> column;  ///< ascending within a row
  std::vector<float> value;
};

/// Computes P from every row's nearest neighbours [N,K]. Throws `Error(usage)` unless 1 <= perplexity <= K.
JointProbabilities joint_probabilities(const Neighbours& neighbours, double perplexity);

/// The cost of a layout and its slope.
struct LayoutGradient {
  double kl = 0;    ///< KL(P || Q), nats
  Tensor gradient;  ///< [N,2], float64
};

/// Computes the cost of a layout [N,2] and its gradient by their definitions, over all pairs, in double.
LayoutGradient exact_gradient(const JointProbabilities& p, const Tensor& layout);

/// Computes the same as t-SNE's iterations do: repulsion by Barnes and Hut's approximation, in float32.
LayoutGradient barnes_hut_gradient(const JointProbabilities& p, const Tensor& layout, double theta);

/// Returns where t-SNE starts by principal components: scores [N,2], float32, of which the first column's deviation is
/// 1e-4. Subspace iteration with sums of a fixed order: the same bits whatever the number of threads.
Tensor tsne_pca_start(const Tensor& table);

}  // namespace fovea

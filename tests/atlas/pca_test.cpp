// Principal components against scikit-learn's, against their definition, and on tables that have few.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <limits>

#include <ATen/ops/diag.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/linalg_qr.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/pow.h>
#include <ATen/ops/zeros.h>

#include <fovea/embedding.h>

#include "atlas/clusters.h"
#include "atlas/leading_eigenvectors.h"
#include "support/failure.h"
#include "support/shared_data.h"

namespace fovea {
namespace {

using test::failure_of;
using test::holds;
using test::largest_difference;
using test::random_normal;
using test::relative_error;
using test::tensor;

TEST(pca, agrees_with_scikit_learn) {
  FOVEA_NEEDS_SHARED("oracles/embedding/expected.npz");
  const auto expected = test::read_npz(test::shared_data("oracles/embedding/expected.npz"));
  const Pca found = pca(expected.at("X"), 10);
  EXPECT_LT(largest_difference(found.mean, expected.at("pca_mean")), 1e-6);
  EXPECT_LT(largest_difference(found.components, expected.at("pca_components")), 1e-5);
  EXPECT_LT(relative_error(found.variance, expected.at("pca_explained_variance")), 1e-6);
  EXPECT_LT(relative_error(found.ratio, expected.at("pca_ratio")), 1e-6);
  EXPECT_LT(relative_error(found.scores, expected.at("pca_scores")), 1e-5);
}

TEST(pca, by_hand) {
  // Along (3, 4) / 5: -5, 0, 5; nothing across. The first of two extreme scores is made positive.
  const Pca found = pca(tensor({-3 + 1, -4 + 2, 1, 2, 3 + 1, 4 + 2}, {3, 2}), 2);
  EXPECT_LT(largest_difference(found.mean, tensor({1, 2}, {2})), 1e-12);
  EXPECT_LT(largest_difference(found.components[0], tensor({-0.6, -0.8}, {2})), 1e-7);
  EXPECT_LT(largest_difference(found.scores.select(1, 0), tensor({5, 0, -5}, {3})), 1e-6);
  EXPECT_LT(largest_difference(found.variance, tensor({25, 0}, {2})), 1e-10);
  EXPECT_LT(largest_difference(found.ratio, tensor({1, 0}, {2})), 1e-10);
  EXPECT_LT(largest_difference(found.loadings.select(1, 0), tensor({-3, -4}, {2})), 1e-6);
  EXPECT_EQ(longest_loadings(found, 9), (std::vector<std::int64_t>{1, 0}));
  EXPECT_EQ(longest_loadings(found, 1), (std::vector<std::int64_t>{1}));
}

TEST(pca, few_rows_and_many_are_one) {
  const Tensor table = test::clustered_rows(60, 61, 5, 2, 1);
  const Pca wide = pca(table, 8);  // by the Gram matrix
  Tensor doubled = at::zeros({120, 61});
  doubled.narrow(0, 0, 60).copy_(table);
  doubled.narrow(0, 60, 60).copy_(table);
  const Pca tall = pca(doubled, 8);  // by the covariance of the same rows twice
  EXPECT_LT(largest_difference(wide.components, tall.components), 1e-9);
  EXPECT_LT(relative_error(wide.ratio, tall.ratio), 1e-9);
  EXPECT_LT(relative_error(wide.scores, tall.scores.narrow(0, 0, 60)), 1e-6);
}

TEST(pca, projects_its_own_rows_on_their_scores) {
  const Tensor table = test::clustered_rows(2500, 12, 4, 3, 2);  // more than one chunk of rows
  const Pca found = pca(table, 12);
  EXPECT_LT(relative_error(project(found, table), found.scores), 1e-6);
  EXPECT_LT(largest_difference(found.components.mm(found.components.t()), at::eye(12, at::kDouble)), 1e-12);
  EXPECT_NEAR(found.ratio.sum().item<double>(), 1, 1e-12);
  const Tensor scores = found.scores.to(at::kDouble);
  const Tensor covariance = scores.t().mm(scores) / 2499.0;
  EXPECT_LT(largest_difference(covariance, at::diag(found.variance)), 1e-4);
}

TEST(pca, without_extent) {
  const Pca same = pca(at::ones({5, 3}), 3);
  EXPECT_EQ(same.variance.sum().item<double>(), 0);
  EXPECT_EQ(same.ratio.sum().item<double>(), 0);
  EXPECT_LT(largest_difference(same.components.mm(same.components.t()), at::eye(3, at::kDouble)), 1e-12);
  const Pca wide = pca(at::ones({3, 5}), 3);  // by the Gram matrix
  EXPECT_EQ(wide.variance.sum().item<double>(), 0);
  EXPECT_LT(largest_difference(wide.components.mm(wide.components.t()), at::eye(3, at::kDouble)), 1e-12);
}

TEST(pca, leading_eigenvectors_of_a_large_matrix) {
  // A decaying spectrum in a basis of reflections, I - 2 h h^T.
  constexpr std::int64_t n = 1100;
  const Tensor exponents = -at::pow(at::diag(at::eye(n, at::kDouble)).cumsum(0), 0.5);
  const Tensor values = exponents.exp();
  const Tensor h = random_normal({n, 1}, 3, at::kDouble);
  const Tensor basis = at::eye(n, at::kDouble) - h.mm(h.t()) * (2 / (h * h).sum().item<double>());
  const Eigenvectors found = leading_eigenvectors((basis * values).mm(basis.t()), 6);
  EXPECT_LT(relative_error(found.values, values.narrow(0, 0, 6)), 1e-10);
  const Tensor overlap = basis.narrow(1, 0, 6).t().mm(found.vectors).abs();
  EXPECT_LT(largest_difference(overlap, at::eye(6, at::kDouble)), 1e-8);
}

TEST(pca, refuses_bad_input) {
  const Tensor table = random_normal({5, 3}, 1);
  EXPECT_EQ(failure_of([&] { pca(table, 4); }),
            "usage: the number of components must lie between 1 and 3, the lesser of rows and columns; found 4");
  EXPECT_TRUE(holds(failure_of([&] { pca(table, 0); }), "found 0"));
  EXPECT_TRUE(holds(failure_of([&] { pca(table.narrow(0, 0, 1), 1); }), "need 2 rows or more; found 1"));
  EXPECT_TRUE(holds(failure_of([] { pca(at::zeros({0, 3}), 1); }), "found [0,3]"));
  EXPECT_TRUE(holds(failure_of([] { pca(at::zeros({3}), 1); }), "shape: "));
  EXPECT_TRUE(holds(failure_of([] { pca(at::zeros({3, 2}, at::kLong), 1); }), "floating-point"));
  Tensor bad = table.clone();
  bad[3][1] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(failure_of([&] { pca(bad, 1); }), "format: row 3 of the table holds a number that is not finite");
  EXPECT_TRUE(holds(failure_of([&] { project(pca(table, 1), at::zeros({2, 4})); }), "3 columns"));
}

}  // namespace
}  // namespace fovea

// SPDX-License-Identifier: Apache-2.0
#include "core/lanczos.h"

#include <ATen/ops/eye.h>
#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/linalg_qr.h>

#include <gtest/gtest.h>

#include "support/failure.h"
#include "support/net.h"

namespace fovea {
namespace {

constexpr std::int64_t side = 60;

Tensor dense() {
  const Tensor m = test::random_normal({side, side}, 5, at::kDouble);
  return m + m.t();
}

Tensor orthonormal_rows(std::int64_t rows) {
  return std::get<0>(at::linalg_qr(test::random_normal({side, rows}, 9, at::kDouble))).t().contiguous();
}

/// Eigenpairs of the matrix, ascending.
void expect_ends(const Ritz& found, const Tensor& matrix, std::int64_t left_out) {
  // What is deflated has eigenvalue 0 in the projected matrix: it is moved out of the way, above everything else.
  const auto [values, vectors] = at::linalg_eigh(matrix);
  const std::int64_t last = matrix.size(0) - left_out - 1;
  for (std::size_t i = 0; i < found.lowest.size(); ++i) {
    const auto k = static_cast<std::int64_t>(i);
    EXPECT_NEAR(found.lowest[i].value, values[k].item<double>(), 1e-8);
    EXPECT_NEAR(std::abs(found.lowest[i].vector.dot(vectors.select(1, k).contiguous()).item<double>()), 1, 1e-8);
    EXPECT_NEAR(found.highest[i].value, values[last - k].item<double>(), 1e-8);
    EXPECT_NEAR(std::abs(found.highest[i].vector.dot(vectors.select(1, last - k).contiguous()).item<double>()), 1,
                1e-8);
  }
}

TEST(lanczos, both_ends_of_a_dense_matrix) {
  const Tensor matrix = dense();
  const Ritz found = lanczos([&](const Tensor& v) { return matrix.mv(v); }, side, {.steps = 1000, .tolerance = 1e-10});
  ASSERT_EQ(found.lowest.size(), 3U);
  ASSERT_EQ(found.highest.size(), 3U);
  expect_ends(found, matrix, 0);
  EXPECT_TRUE(found.converged);
  EXPECT_LT(found.asymmetry, 1e-12);
}

TEST(lanczos, directions_that_are_deflated_are_left_out) {
  const Tensor out = orthonormal_rows(2);
  const Tensor matrix = dense();
  const Tensor inside = at::eye(side, at::kDouble) - out.t().mm(out);
  const Ritz found = lanczos([&](const Tensor& v) { return matrix.mv(v); }, side,
                             {.steps = 1000, .tolerance = 1e-10, .deflated = out});
  constexpr double above = 1e4;
  expect_ends(found, inside.mm(matrix).mm(inside) + above * out.t().mm(out), 2);
  for (const RitzPair& pair : found.highest) EXPECT_LT(out.mv(pair.vector).abs().max().item<double>(), 1e-10);
}

TEST(lanczos, residuals_are_what_they_say_before_it_has_converged) {
  const Tensor matrix = dense();
  const Ritz found = lanczos([&](const Tensor& v) { return matrix.mv(v); }, side, {.steps = 12, .wanted = 2});
  EXPECT_EQ(found.values.size(), 12U);
  EXPECT_FALSE(found.converged);
  for (const auto& pairs : {found.lowest, found.highest}) {
    for (const RitzPair& pair : pairs) {
      EXPECT_NEAR((matrix.mv(pair.vector) - pair.value * pair.vector).norm().item<double>(), pair.residual, 1e-9);
    }
  }
}

TEST(lanczos, equal_eigenvalues_are_all_found) {
  const Tensor numbers = test::tensor({2, -1, 2, 7, -1, 2, 7, 0}, {8}, at::kDouble);
  const Ritz found =
      lanczos([&](const Tensor& v) { return numbers * v; }, 8, {.steps = 100, .wanted = 4, .tolerance = 0});
  ASSERT_EQ(found.values.size(), 8U);
  const double expected[] = {-1, -1, 0, 2, 2, 2, 7, 7};
  for (std::size_t i = 0; i < found.values.size(); ++i) EXPECT_NEAR(found.values[i], expected[i], 1e-10);
}

TEST(lanczos, tells_that_a_matrix_is_not_symmetric) {
  const Tensor matrix = dense() + test::random_normal({side, side}, 11, at::kDouble);
  const Ritz found = lanczos([&](const Tensor& v) { return matrix.mv(v); }, side, {.steps = 20});
  EXPECT_GT(found.asymmetry, 0.05);
}

TEST(lanczos, small_spaces) {
  const Ritz one = lanczos([](const Tensor& v) { return 3 * v; }, 1);
  ASSERT_EQ(one.lowest.size(), 1U);
  EXPECT_TRUE(one.highest.empty());
  EXPECT_NEAR(one.lowest.front().value, 3, 1e-12);
  const Tensor all = test::tensor({1}, {1, 1}, at::kDouble);
  const std::string failure =
      test::failure_of([&] { lanczos([](const Tensor& v) { return v; }, 1, {.deflated = all}); });
  EXPECT_TRUE(test::holds(failure, "no direction is left")) << failure;
}

TEST(lanczos, products_that_are_no_numbers_are_told) {
  const std::string failure = test::failure_of([] { lanczos([](const Tensor& v) { return v / 0; }, 6); });
  EXPECT_TRUE(test::holds(failure, "no finite number")) << failure;
}

}  // namespace
}  // namespace fovea

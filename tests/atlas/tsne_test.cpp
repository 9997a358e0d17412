// t-SNE: P, KL and gradient against scikit-learn's at a given layout, Barnes and Hut's gradient against the exact one,
// and layouts of clusters.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include <ATen/Parallel.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include <fovea/embedding.h>

#include "atlas/clusters.h"
#include "atlas/tsne_parts.h"
#include "support/failure.h"
#include "support/shared_data.h"

namespace fovea {
namespace {

using test::clustered_rows;
using test::failure_of;
using test::holds;
using test::largest_difference;
using test::random_normal;
using test::relative_error;
using test::tensor;

Tensor dense(const JointProbabilities& p) {
  Tensor table = at::zeros({p.size(), p.size()}, at::kDouble);
  for (std::size_t i = 0; i + 1 < p.start.size(); ++i) {
    for (auto e = static_cast<std::size_t>(p.start[i]); e < static_cast<std::size_t>(p.start[i + 1]); ++e) {
      table.data_ptr<double>()[static_cast<std::int64_t>(i) * p.size() + p.column[e]] +=
          static_cast<double>(p.value[e]);
    }
  }
  return table;
}

JointProbabilities joint(const Tensor& table, double perplexity, std::int64_t k) {
  return joint_probabilities(NeighbourIndex(table).search_itself(k), perplexity);
}

TEST(tsne, p_kl_and_gradient_agree_with_scikit_learn) {
  FOVEA_NEEDS_SHARED("oracles/embedding/expected.npz");
  const auto expected = test::read_npz(test::shared_data("oracles/embedding/expected.npz"));
  const JointProbabilities p = joint(expected.at("X"), 30, 239);  // all others: scikit-learn's exact method
  EXPECT_LT(relative_error(dense(p), expected.at("tsne_P_perplexity30")), 1e-4);
  const Tensor& layout = expected.at("tsne_Y");
  const double kl = expected.at("tsne_kl_at_Y").item<double>();
  const LayoutGradient exact = exact_gradient(p, layout);
  EXPECT_NEAR(exact.kl, kl, 1e-4 * kl);
  EXPECT_LT(relative_error(exact.gradient, expected.at("tsne_grad_at_Y")), 1e-4);
  const LayoutGradient fast = barnes_hut_gradient(p, layout, 0.5);
  EXPECT_NEAR(fast.kl, kl, 1e-3 * kl);
  EXPECT_LT(relative_error(fast.gradient, expected.at("tsne_grad_at_Y")), 0.02);
}

TEST(tsne, reaches_scikit_learns_cost) {
  FOVEA_NEEDS_SHARED("oracles/embedding/expected.npz");
  const auto expected = test::read_npz(test::shared_data("oracles/embedding/expected.npz"));
  const JointProbabilities p = joint(expected.at("X"), 30, 90);
  const double theirs = exact_gradient(p, expected.at("tsne_barnes_hut_pca")).kl;
  const Tsne found = tsne(expected.at("X"));
  EXPECT_LT(exact_gradient(p, found.layout).kl, 1.03 * theirs);
  EXPECT_NEAR(found.kl, exact_gradient(p, found.layout).kl, 0.01);
}

TEST(tsne, p_is_symmetric_and_has_the_perplexity) {
  const Tensor table = clustered_rows(70, 4, 3, 2, 1);
  const Neighbours neighbours = NeighbourIndex(table).search_itself(20);
  const Tensor p = dense(joint_probabilities(neighbours, 6));
  EXPECT_NEAR(p.sum().item<double>(), 1, 1e-6);
  EXPECT_EQ(largest_difference(p, p.t()), 0);
  EXPECT_EQ(p.diagonal().abs().sum().item<double>(), 0);
  // Of two rows far from all others each is the other's whole distribution at perplexity 1: p = 2 / 2N.
  const Tensor two = tensor({0, 1, 1000, 1001, 3000, 3001}, {6, 1});
  const Tensor pairs = dense(joint(two, 1.0001, 2));
  EXPECT_NEAR(pairs[0][1].item<double>(), 2.0 / 12, 1e-4);
  EXPECT_NEAR(pairs[0][2].item<double>(), 0, 1e-4);
}

TEST(tsne, barnes_hut_comes_near_the_exact_gradient) {
  const Tensor table = clustered_rows(900, 6, 5, 3, 2);
  const JointProbabilities p = joint(table, 10, 30);
  for (const double width : {1e-4, 1.0, 30.0}) {
    const Tensor layout = clustered_rows(900, 2, 5, 2, 3) * width;
    const LayoutGradient exact = exact_gradient(p, layout);
    const LayoutGradient half = barnes_hut_gradient(p, layout, 0.5);
    EXPECT_LT(relative_error(half.gradient, exact.gradient), 0.02) << width;
    EXPECT_NEAR(half.kl, exact.kl, 2e-3 * exact.kl) << width;
    const LayoutGradient none = barnes_hut_gradient(p, layout, 0);
    EXPECT_LT(relative_error(none.gradient, exact.gradient), 1e-4) << "theta 0 is exact, width " << width;
    EXPECT_NEAR(none.kl, exact.kl, 1e-5 * exact.kl) << width;
  }
}

TEST(tsne, barnes_hut_of_points_in_one_place) {
  const JointProbabilities p = joint(random_normal({70, 3}, 4), 5, 15);
  Tensor layout = at::zeros({70, 2});
  EXPECT_NEAR(barnes_hut_gradient(p, layout, 0.5).kl, exact_gradient(p, layout).kl, 1e-5);
  EXPECT_EQ(barnes_hut_gradient(p, layout, 0.5).gradient.abs().max().item<double>(), 0);
  layout.narrow(0, 35, 35).fill_(3);
  const LayoutGradient exact = exact_gradient(p, layout);
  EXPECT_LT(relative_error(barnes_hut_gradient(p, layout, 0.5).gradient, exact.gradient), 1e-5);
}

TEST(tsne, keeps_clusters_together) {
  const Tensor table = clustered_rows(300, 10, 3, 4, 5);
  for (const TsneStart start : {TsneStart::pca, TsneStart::random}) {
    const Tsne found = tsne(table, {.perplexity = 20, .iterations = 500, .start = start, .seed = 3});
    EXPECT_EQ(found.iterations, 500);
    ASSERT_EQ(found.kl_history.size(), 10U);
    EXPECT_EQ(found.kl_history.back(), found.kl);
    EXPECT_LT(found.layout.to(at::kDouble).mean(0).abs().max().item<double>(), 1e-4);
    const Neighbours near = NeighbourIndex(found.layout).search_itself(5);
    const auto* index = near.index.data_ptr<std::int64_t>();
    std::int64_t strangers = 0;
    for (std::int64_t i = 0; i < 300 * 5; ++i) strangers += index[i] % 3 != i / 5 % 3;
    EXPECT_EQ(strangers, 0) << "neighbours of another cluster";
  }
}

TEST(tsne, is_the_same_for_every_number_of_threads) {
  const Tensor table = clustered_rows(1200, 40, 6, 1, 6);
  const TsneOptions options{.perplexity = 12, .exaggerated = 60, .iterations = 130};
  const int threads = at::get_num_threads();
  at::set_num_threads(1);
  const Tsne one = tsne(table, options);
  at::set_num_threads(3);
  const Tsne three = tsne(table, options);
  at::set_num_threads(threads);
  EXPECT_TRUE(one.layout.equal(three.layout));
  EXPECT_EQ(one.kl, three.kl);
  EXPECT_EQ(one.kl_history, three.kl_history);
}

TEST(tsne, starts_as_scikit_learn_does) {
  const Tensor table = clustered_rows(400, 30, 5, 3, 7);
  const Pca components = pca(table, 2);
  const double deviation = components.scores.select(1, 0).to(at::kDouble).std(false).item<double>();
  EXPECT_LT(relative_error(tsne_pca_start(table), components.scores * (1e-4 / deviation)), 1e-4);
  const Tensor flat = tsne_pca_start(at::cat({at::zeros({20, 1}), at::ones({20, 1})}));
  EXPECT_NEAR(flat.select(1, 0).to(at::kDouble).std(false).item<double>(), 1e-4, 1e-9);
  EXPECT_GT(flat.select(1, 1).abs().max().item<double>(), 1e-5) << "a line must be able to unfold";
}

TEST(tsne, can_be_stopped) {
  std::vector<TsneStatus> seen;
  const Tsne found =
      tsne(clustered_rows(100, 5, 3, 2, 8), {.perplexity = 10, .iterations = 400}, [&](const TsneStatus& status) {
        seen.push_back(status);
        return status.iteration < 60;
      });
  EXPECT_EQ(found.iterations, 60);
  ASSERT_EQ(seen.size(), 60U);
  EXPECT_TRUE(std::isinf(seen[48].kl));
  EXPECT_EQ(seen[59].kl, found.kl_history.at(0)) << "as measured after 50 iterations";
  EXPECT_EQ(seen[0].iterations, 400);
  EXPECT_TRUE(std::isfinite(found.kl));
}

TEST(tsne, of_equal_rows) {
  const Tsne found = tsne(at::ones({40, 3}), {.perplexity = 5, .iterations = 30});
  EXPECT_TRUE(std::isfinite(found.kl));
  EXPECT_TRUE(std::isfinite(found.layout.abs().sum().item<double>()));
}

TEST(tsne, the_fitting_perplexity_fits) {
  EXPECT_EQ(fitting_perplexity(10000), 30);
  for (const std::int64_t rows : {4, 5, 12, 60, 90, 91}) {
    const double perplexity = fitting_perplexity(rows);
    EXPECT_NEAR(perplexity, std::min(30.0, static_cast<double>(rows - 1) / 3), 1e-12);
    EXPECT_NO_THROW(tsne(random_normal({rows, 4}, 2), {.perplexity = perplexity, .iterations = 5})) << rows;
  }
}

TEST(tsne, refuses_bad_input) {
  const Tensor table = random_normal({90, 4}, 1);
  EXPECT_TRUE(holds(failure_of([&] { tsne(table); }), "needs more than 90 rows; found 90"));
  EXPECT_TRUE(holds(failure_of([&] { tsne(table, {.perplexity = 0.5}); }), "perplexity must be 1 or more"));
  EXPECT_TRUE(holds(failure_of([&] { tsne(table, {.perplexity = std::nan("")}); }), "perplexity must be 1 or more"));
  EXPECT_TRUE(holds(failure_of([&] { tsne(table, {.perplexity = 5, .theta = 2}); }), "theta must lie between 0 and 1"));
  EXPECT_TRUE(holds(failure_of([&] { tsne(table, {.perplexity = 5, .iterations = -1}); }), "iterations must be 0"));
  EXPECT_TRUE(holds(failure_of([&] { tsne(table, {.perplexity = 5, .learning_rate = -1}); }), "learning rate"));
  EXPECT_TRUE(holds(failure_of([&] { tsne(table, {.perplexity = 5, .exaggeration = 0}); }), "exaggeration must be 1"));
  EXPECT_TRUE(holds(failure_of([] { tsne(at::zeros({0, 4})); }), "found [0,4]"));
  Tensor bad = table.clone();
  bad[7][0] = std::numeric_limits<float>::infinity();
  EXPECT_TRUE(holds(failure_of([&] { tsne(bad, {.perplexity = 5}); }), "format: row 7 of the table"));
  const JointProbabilities p = joint(table, 5, 15);
  EXPECT_TRUE(holds(failure_of([&] { exact_gradient(p, at::zeros({89, 2})); }), "must be [90,2]; found [89,2]"));
  EXPECT_TRUE(holds(failure_of([&] { joint(table, 20, 15); }), "number of neighbours, 15"));
}

}  // namespace
}  // namespace fovea

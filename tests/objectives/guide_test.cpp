// SPDX-License-Identifier: Apache-2.0
#include "objectives/term.h"

namespace fovea {
namespace {

using test::tensor;
using test::Term;

/// The guide's positions are (3, 1) and (0, 4).
const Tensor guide_features = tensor({3, 0, 1, 4}, {1, 2, 1, 2});

TEST(guide, every_position_takes_its_best_fit) {
  // (0,4): 16; (1,0): 3; (0,0): 0; (-1,0): 0; (.5,0): 1.5; (-3,2): 8.
  EXPECT_NEAR(Term().with("t", guide_features).value("guide(map,t)"), 28.5, 1e-5);
}

TEST(guide, the_gradient_is_the_fitting_feature) {
  Term term;
  term.with("t", guide_features);
  const Seeds seeds = seed(term.trace, parse_objective("guide(map,t)"), term.model.card, &term.targets);
  ASSERT_EQ(seeds.size(), 1U);
  const Tensor gradient = seeds.front().relevance;  // [1,2,2,3]
  EXPECT_FLOAT_EQ(gradient[0][0][0][0].item<float>(), 0) << "the first position fits (0, 4)";
  EXPECT_FLOAT_EQ(gradient[0][1][0][0].item<float>(), 4);
  EXPECT_FLOAT_EQ(gradient[0][0][0][1].item<float>(), 3) << "the second fits (3, 1)";
  EXPECT_FLOAT_EQ(gradient[0][1][0][1].item<float>(), 1);
}

TEST(guide, names_what_does_not_fit) {
  test::expect_error(
      [] {
        Term().with("t", tensor({1, 2, 3}, {1, 3, 1, 1})).value("guide(map,t)");
      },
      "'map' is [2,2,3], the target 't' [3,1,1]");
}

}  // namespace
}  // namespace fovea

// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "objectives/term.h"

namespace fovea {
namespace {

TEST(probability, is_the_softmax_of_the_scores) {
  const test::Term term;
  EXPECT_NEAR(term.value("probability(0)"), 1 / (1 + std::exp(3.0)), 1e-6);
  EXPECT_NEAR(term.value("probability(0) + probability(1)"), 1, 1e-6);
}

}  // namespace
}  // namespace fovea

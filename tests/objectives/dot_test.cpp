// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "objectives/term.h"

namespace fovea {
namespace {

using test::tensor;
using test::Term;

TEST(dot, product_and_power_of_the_cosine) {
  Term term;
  term.with("t", tensor({0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, {1, 2, 2, 3}));
  EXPECT_NEAR(term.value("dot(map,t)"), 2, 1e-6);
  const double cosine = 2 / (2 * std::sqrt(31.25));
  EXPECT_NEAR(term.value("dot(map,t,2)"), 2 * cosine * cosine, 1e-6);
  term.with("t", tensor({0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0}, {1, 2, 2, 3}));
  EXPECT_NEAR(term.value("dot(map,t,1)"), -2 * 0.1, 1e-6) << "the cosine counts as .1 at least";
}

}  // namespace
}  // namespace fovea

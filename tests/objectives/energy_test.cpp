// SPDX-License-Identifier: Apache-2.0
#include "objectives/term.h"

namespace fovea {
namespace {

using test::tensor;
using test::Term;

TEST(energy, half_the_sum_of_squares) { EXPECT_NEAR(Term().value("energy(map)"), 0.5 * 31.25, 1e-6); }

}  // namespace
}  // namespace fovea

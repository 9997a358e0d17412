// SPDX-License-Identifier: Apache-2.0
#include "objectives/term.h"

namespace fovea {
namespace {

using test::tensor;
using test::Term;

/// Channel products of the map: 0: 1 + 1 + .25 + 9 = 11.25, 1: 16 + 4 = 20, both: -3 * 2 = -6; over 2 * 6.
const Tensor gram_of_map = tensor({11.25 / 12, -0.5, -0.5, 20.0 / 12}, {1, 2, 2});

TEST(gram, by_hand) {
  EXPECT_NEAR(Term().with("t", gram_of_map).value("gram(map,t)"), 0, 1e-10);
  EXPECT_NEAR(Term().with("t", gram_of_map + 2).value("gram(map,t)"), 4, 1e-5);
  EXPECT_NEAR(Term().with("t", tensor({0, 1, 0, -1, 0.5, -3, 4, 0, 0, 0, 0, 2}, {1, 2, 2, 3})).value("gram(map,t)"), 0,
              1e-10);
}

TEST(gram, where_the_mask_is) {
  // Only the last position: (-3, 2) over 2 channels and one position.
  const Tensor last = tensor({9 / 2.0, -6 / 2.0, -6 / 2.0, 4 / 2.0}, {1, 2, 2});
  Term term;
  term.with("t", last).with("m", tensor({0, 0, 0, 0, 0, 1}, {1, 1, 2, 3}));
  EXPECT_NEAR(term.value("gram(map,t,m)"), 0, 1e-10);
}

TEST(gram, names_what_does_not_fit) {
  test::expect_error(
      [] {
        Term().with("t", tensor({1, 2, 3}, {1, 3, 1, 1})).value("gram(map,t)");
      },
      "'map' is [2,2,3], the target 't' [3,1,1]");
}

}  // namespace
}  // namespace fovea

// SPDX-License-Identifier: Apache-2.0
#include "objectives/term.h"

namespace fovea {
namespace {

using test::tensor;
using test::Term;

TEST(diversity, one_picture_is_like_nobody) { EXPECT_NEAR(Term().value("diversity(map)"), 0, 1e-7); }

TEST(diversity, two_alike_and_one_other) {
  test::Net net;
  const ValueId x = net.input("x", {-1, 2, 1, 1});
  net.node("Flatten", {net.node("Identity", {x}, {}, "map")});
  const Model model = net.model();
  // Grams over their length: of (1,0) twice the same, of (0,1) at right angles.
  const Trace trace = run(model.graph, tensor({1, 0, 3, 0, 0, 2}, {3, 2, 1, 1}));
  const Tensor value =
      parse_objective("diversity(map)").evaluate(model.graph, model.card, [&](ValueId v) { return trace.value(v); });
  EXPECT_LE(test::largest_difference(value, tensor({1.0 / 3, 1.0 / 3, 0}, {3})), 1e-6);
}

}  // namespace
}  // namespace fovea

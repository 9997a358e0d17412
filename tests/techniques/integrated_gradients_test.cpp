// SPDX-License-Identifier: Apache-2.0
#include "techniques/asked.h"

namespace fovea {
namespace {

// y = x1 * x2: along the line from 0 the gradient is (a x2, a x1), whose integral is (x2, x1) / 2.
TEST(integrated_gradients, integrates_a_product_exactly) {
  test::Net net;
  const ValueId x = net.input("x", {-1, 2, 1, 1});
  const ValueId columns = net.node("Flatten", {x});
  const auto pick = [&](double a, double b) {
    return net.node("MatMul", {columns, net.constant(test::tensor({a, b}, {2, 1}))});
  };
  net.node("Mul", {pick(1, 0), pick(0, 1)}, {}, "y");
  const Model model = net.model();
  const Subject subject(model, test::tensor({3, 5}, {1, 2, 1, 1}));
  for (const char* rule : {"midpoint", "trapezoid", "gauss_legendre"}) {
    const Map map = explain(find_technique("integrated_gradients"), subject, parse_objective("value(y)"),
                            {.settings = {{"rule", rule}, {"steps", "4"}}});
    EXPECT_TRUE(map.values.allclose(test::tensor({7.5, 7.5}, {2, 1, 1}))) << rule << map.values;
  }
}

TEST(integrated_gradients, completeness_error_is_told_and_falls_with_steps) {
  const test::Asked asked;
  const auto error = [&](const char* steps) {
    const Map map = asked.whole("integrated_gradients", {{"steps", steps}, {"rule", "midpoint"}});
    EXPECT_EQ(map.figures[2].first, "completeness_error");
    EXPECT_NEAR(map.figures[2].second, map.values.sum().item<double>() - map.figures[1].second, 1e-4);
    return std::abs(map.figures[2].second);
  };
  EXPECT_LT(error("300"), 0.01);
  EXPECT_LT(error("300"), error("3"));
}

TEST(integrated_gradients, captums_trapezoid_falls_short_by_one_step) {
  const test::Asked asked;
  const Tensor exact = asked.ask("integrated_gradients", {{"rule", "trapezoid"}, {"steps", "20"}});
  const Tensor captum = explain(find_technique("integrated_gradients"), asked.subject, logit(2),
                                {.preset = "captum", .settings = {{"rule", "trapezoid"}, {"steps", "20"}}})
                            .values;
  EXPECT_TRUE(captum.allclose(exact * 19.0 / 20.0, 1e-5, 1e-8));
}

TEST(integrated_gradients, nothing_is_due_where_the_picture_equals_the_baseline) {
  const test::Asked asked;
  const Subject blank(asked.model, asked.input * 0);
  EXPECT_EQ(explain(find_technique("integrated_gradients"), blank, logit(2)).values.abs().max().item<float>(), 0);
}

}  // namespace
}  // namespace fovea

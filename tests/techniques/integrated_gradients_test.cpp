// SPDX-License-Identifier: Apache-2.0
#include "techniques/asked.h"

namespace fovea {
namespace {

/// One term of a polynomial of a network's two inputs: the number that column `which` of x [N,2] holds.
ValueId pick(test::Net& net, ValueId columns, int which) {
  return net.node("MatMul",
                  {columns, net.constant(test::tensor({which == 0 ? 1.0 : 0.0, which == 1 ? 1.0 : 0.0}, {2, 1}))});
}

bool any_note_holds(const Map& map, const std::string& text) {
  return std::any_of(map.notes.begin(), map.notes.end(),
                     [&](const std::string& note) { return note.find(text) != std::string::npos; });
}

// y = x1 * x2: along the line from 0 the gradient is (a x2, a x1), whose integral is (x2, x1) / 2.
TEST(integrated_gradients, integrates_a_product_exactly) {
  test::Net net;
  const ValueId columns = net.node("Flatten", {net.input("x", {-1, 2, 1, 1})});
  net.node("Mul", {pick(net, columns, 0), pick(net, columns, 1)}, {}, "y");
  const Model model = net.model();
  const Subject subject(model, test::tensor({3, 5}, {1, 2, 1, 1}));
  for (const char* rule : {"midpoint", "trapezoid", "gauss_legendre"}) {
    const Map map = explain(find_technique("integrated_gradients"), subject, parse_objective("value(y)"),
                            {.settings = {{"rule", rule}, {"steps", "4"}}});
    EXPECT_TRUE(map.values.allclose(test::tensor({7.5, 7.5}, {2, 1, 1}))) << rule << map.values;
  }
}

// y = x1 * x1 * x2 at (1, 1): one gradient, halfway, sums to 3/4 of the change.
TEST(integrated_gradients, a_sum_that_steps_would_mend_says_so) {
  test::Net net;
  const ValueId columns = net.node("Flatten", {net.input("x", {-1, 2, 1, 1})});
  const ValueId square = net.node("Mul", {pick(net, columns, 0), pick(net, columns, 0)});
  net.node("Mul", {square, pick(net, columns, 1)}, {}, "y");
  const Model model = net.model();
  const Subject subject(model, test::tensor({1, 1}, {1, 2, 1, 1}));
  const auto asked = [&](const char* steps, const char* precision) {
    return explain(find_technique("integrated_gradients"), subject, parse_objective("value(y)"),
                   {.settings = {{"rule", "midpoint"}, {"steps", steps}, {"precision", precision}}});
  };
  EXPECT_TRUE(any_note_holds(asked("1", "auto"), "change of 1 by 0.25, more than rounding can: more steps would help"));
  EXPECT_TRUE(any_note_holds(asked("1", "float64"), "change of 1 by 0.25: more steps would help"));
  EXPECT_FALSE(any_note_holds(asked("1", "float64"), "--precision"));
  EXPECT_TRUE(asked("50", "auto").notes.empty());
}

// y = x1 + x2 + 1e7, where float32 knows whole numbers only: 0.7 is 1.
TEST(integrated_gradients, a_sum_that_precision_would_mend_says_so) {
  test::Net net;
  const ValueId columns = net.node("Flatten", {net.input("x", {-1, 2, 1, 1})});
  const ValueId sum = net.node("Add", {pick(net, columns, 0), pick(net, columns, 1)});
  net.node("Add", {sum, net.constant(test::tensor({1e7}, {1, 1}))}, {}, "y");
  Model model = net.model();
  const Tensor x = test::tensor({0.3, 0.4}, {1, 2, 1, 1});
  const auto asked = [&](const Tensor& input, const char* precision) {
    return explain(find_technique("integrated_gradients"), Subject(model, input), parse_objective("value(y)"),
                   {.settings = {{"precision", precision}}});
  };
  EXPECT_TRUE(any_note_holds(asked(x, "auto"), "by 0.3, as rounding can: --precision float64 would help"));
  EXPECT_TRUE(asked(x, "float64").notes.empty());
  model.graph = to_type(model.graph, at::kDouble);
  EXPECT_TRUE(asked(x.to(at::kDouble), "auto").notes.empty());
  EXPECT_FALSE(asked(x.to(at::kDouble), "float32").notes.empty());
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

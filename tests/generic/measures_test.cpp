// Properties that every measure has.
// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "measures/asked.h"

namespace fovea {
namespace {

class measures : public ::testing::TestWithParam<const Measure*> {
 protected:
  static test::MapAsked asked() {
    test::Net net;
    ValueId x = net.node("Relu", {net.conv(net.input("x", {-1, 3, 20, 24}), 3, 6, 3, 2, 1)});
    net.gemm(net.node("Flatten", {net.node("Relu", {net.conv(x, 6, 4, 3, 1, 1)})}), 4 * 10 * 12, 5);
    test::MapAsked result(net.model(), test::random_normal({1, 3, 20, 24}, 11));
    result.mask = at::zeros({20, 24}, at::kByte);
    result.mask.slice(0, 3, 9).slice(1, 2, 8).fill_(1);
    result.boxes = {{.x0 = 2, .y0 = 3, .x1 = 8, .y1 = 9}};
    return result;
  }
};

void expect_sound(const Measure& measure, const Measured& measured) {
  ASSERT_EQ(measured.values.size(), measure.quantities.size());
  for (const double value : measured.values) EXPECT_FALSE(std::isinf(value));
  EXPECT_EQ(!measured.curve.empty(), !measure.curve_x.empty());
  for (const double y : measured.curve) EXPECT_TRUE(std::isfinite(y));
}

TEST_P(measures, are_finite_and_the_same_again_and_leave_the_map_alone) {
  for (const Tensor& values : {test::random_normal({3, 20, 24}, 3), test::random_normal({5, 6}, 4)}) {
    test::MapAsked question = asked();
    const Map map{
        .values = values, .drawing = values.dim() == 3 ? Drawing::signed_rgb : Drawing::signed_heat, .at = "x"};
    const Tensor before = values.clone();
    const Measured first = question(GetParam()->name, map);
    expect_sound(*GetParam(), first);
    for (const double value : first.values) EXPECT_TRUE(std::isfinite(value));
    EXPECT_EQ(question(GetParam()->name, map).values, first.values);
    EXPECT_TRUE(values.equal(before));
  }
}

TEST_P(measures, of_an_empty_map_say_so_or_give_a_number) {
  test::MapAsked question = asked();
  const Measured measured = question(GetParam()->name, test::heat(at::zeros({20, 24}, at::kFloat)));
  ASSERT_EQ(measured.values.size(), GetParam()->quantities.size());
  for (const double value : measured.values) EXPECT_FALSE(std::isinf(value));
}

TEST_P(measures, describe_themselves) {
  const Measure& measure = *GetParam();
  EXPECT_FALSE(measure.sentence.empty() || measure.paper.empty() || measure.details.empty());
  EXPECT_FALSE(measure.quantities.empty());
  EXPECT_EQ(measure.curve_x.empty(), measure.curve_y.empty());
  EXPECT_TRUE(!measure.asks_again || measure.cost == Cost::runs);
}

INSTANTIATE_TEST_SUITE_P(measures, measures, ::testing::ValuesIn(all_measures().begin(), all_measures().end()),
                         [](const auto& one) { return std::string(one.param->name); });

TEST(measures_together, name_every_column_once) {
  std::set<std::string_view> names;
  for (const Measure* measure : all_measures()) {
    for (const Quantity& quantity : measure->quantities)
      EXPECT_TRUE(names.insert(quantity.name).second) << quantity.name;
  }
}

TEST(measures_together, near_names_are_offered) {
  EXPECT_EQ(test::failure_of([] { find_measure("pointin"); }), "usage: there is no measure 'pointin'");
}

}  // namespace
}  // namespace fovea

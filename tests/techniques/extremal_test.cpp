// SPDX-License-Identifier: Apache-2.0
#include "techniques/asked.h"

namespace fovea {
namespace {

double figure(const Map& map, const std::string& name) {
  for (const auto& [key, value] : map.figures) {
    if (key == name) return value;
  }
  ADD_FAILURE() << "there is no figure " << name;
  return 0;
}

/// Sharp detail of one channel counts, through a high-pass filter.
Model detail_counter() {
  test::Net net;
  const ValueId x = net.input("x", {-1, 1, 48, 48});
  const ValueId kernel = net.constant(test::tensor({-1, -1, -1, -1, 8, -1, -1, -1, -1}, {1, 1, 3, 3}));
  const ValueId edges = net.node("Abs", {net.node("Conv", {x, kernel})});
  const ValueId sum = net.node("Flatten", {net.node("GlobalAveragePool", {edges})});
  net.node("Concat", {sum, sum}, test::attributes({{"axis", std::int64_t{1}}}));
  return net.model();
}

// Detail lies in one corner: a mask of its size goes there, has the area that is asked, and keeps most of the score.
TEST(extremal, opens_where_the_evidence_lies_and_keeps_the_area) {
  const Model model = detail_counter();
  Tensor picture = test::random_normal({1, 1, 48, 48}, 3) * 0;
  picture.narrow(2, 4, 12).narrow(3, 30, 12).copy_(test::random_normal({1, 1, 12, 12}, 4) * 3);
  const Subject subject(model, picture);
  const Map map =
      explain(find_technique("extremal"), subject, logit(0), {.settings = {{"area", "0.1"}, {"steps", "400"}}});
  EXPECT_NEAR(figure(map, "area"), 0.1, 0.05);
  EXPECT_GT(figure(map, "objective_through_mask"), 0.6 * figure(map, "objective"));
  EXPECT_LT(figure(map, "objective_blurred"), 0.2 * figure(map, "objective"));
  const double inside = map.values.narrow(0, 2, 16).narrow(1, 28, 16).sum().item<double>();
  EXPECT_GT(inside, 0.6 * map.values.sum().item<double>());
  EXPECT_GE(map.values.min().item<double>(), 0);
  EXPECT_LE(map.values.max().item<double>(), 1 + 1e-5);
}

TEST(extremal, a_larger_area_keeps_more) {
  const test::Asked asked;
  const Map small = asked.whole("extremal", {{"area", "0.05"}, {"steps", "200"}});
  const Map large = asked.whole("extremal", {{"area", "0.5"}, {"steps", "200"}});
  EXPECT_GT(figure(large, "area"), figure(small, "area") + 0.2);
}

}  // namespace
}  // namespace fovea

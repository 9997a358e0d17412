// SPDX-License-Identifier: Apache-2.0
#include "techniques/asked.h"

namespace fovea {
namespace {

/// y = sum of all pixels: covering a window with zeros loses exactly the pixels under it.
struct Summing {
  Summing() : subject(model, test::tensor(pixels(), {1, 1, 4, 5})) {}
  static std::vector<double> pixels() {
    std::vector<double> p;
    for (int i = 1; i <= 20; ++i) p.push_back(i);
    return p;
  }
  static Model make() {
    test::Net net;
    net.node("Identity", {net.input("x", {-1, 1, 4, 5})}, {}, "y");
    return net.model();
  }
  Map ask(const Settings& settings) const {
    return explain(find_technique("occlusion"), subject, parse_objective("value(y)"), {.settings = settings});
  }
  Model model = make();
  Subject subject;
};

TEST(occlusion, loses_what_each_window_covers_the_last_cut_off_at_the_border) {
  const Summing summing;  // rows 1-5, 6-10, 11-15, 16-20; windows of 2 every 2: rows at 0, 2; columns at 0, 2, 4
  const Map map = summing.ask({{"window", "2"}, {"stride", "2"}});
  EXPECT_TRUE(map.values.allclose(test::tensor({16, 24, 15, 56, 64, 35}, {2, 3}))) << map.values;
}

TEST(occlusion, per_pixel_is_the_mean_over_covering_windows) {
  const Summing summing;
  const Map map = summing.ask({{"window", "4"}, {"stride", "3"}, {"average", "pixel"}});
  // Positions: row 0; columns 0 and 3 (cut to 2 wide): sums 10+30+50+70 - ..., by hand:
  const double left = (1 + 2 + 3 + 4) + (6 + 7 + 8 + 9) + (11 + 12 + 13 + 14) + (16 + 17 + 18 + 19);
  const double right = (4 + 5) + (9 + 10) + (14 + 15) + (19 + 20);
  const double both = (left + right) / 2;
  for (int y = 0; y < 4; ++y) {
    EXPECT_TRUE(map.values[y].allclose(test::tensor({left, left, left, both, right}, {5}))) << map.values;
  }
}

TEST(occlusion, equals_covering_by_hand_on_a_network) {
  const test::Asked asked;
  const Tensor map = asked.ask("occlusion", {{"window", "5"}, {"stride", "4"}});
  ASSERT_EQ(map.sizes(), (std::vector<std::int64_t>{4, 4}));
  Tensor covered = asked.input.clone();
  covered.narrow(2, 8, 5).narrow(3, 12, 4).zero_();
  const double lost =
      (evaluate(asked.model, asked.input, logit(2)) - evaluate(asked.model, covered, logit(2))).item<double>();
  EXPECT_NEAR((map[2][3].item<double>()), lost, 1e-5);
}

TEST(occlusion, fills_are_what_they_say) {
  Summing summing;
  summing.model.card.preprocess = Preprocess{.scale = 1.0 / 255, .mean = {0.25}, .std = {0.5}};
  const double sum = 210;
  const auto lost = [&](const char* fill) {
    return summing.ask({{"window", "5"}, {"fill", fill}}).values.item<double>();
  };
  EXPECT_NEAR(lost("mean"), sum, 1e-3);
  EXPECT_NEAR(lost("black"), sum - 20 * (0 - 0.25) / 0.5, 1e-3);
  EXPECT_NEAR(lost("white"), sum - 20 * (1 - 0.25) / 0.5, 1e-3);
  EXPECT_NEAR(lost("grey"), sum - 20 * (128.0 / 255 - 0.25) / 0.5, 1e-3);
  EXPECT_LT(std::abs(lost("blur")), 40) << "blurring keeps the mean nearly";
}

TEST(occlusion, pixel_fills_need_to_know_the_preprocessing) { EXPECT_THROW(Summing().ask({{"fill", "grey"}}), Error); }

}  // namespace
}  // namespace fovea

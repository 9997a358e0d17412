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

// Windows of 2 every 4: rows at 0 (and not at 4, which is beyond the picture), columns at 0 and 4.
TEST(occlusion, strides_larger_than_the_window_leave_gaps) {
  const Summing summing;
  for (const char* mode : {"plain", "exact"}) {
    const Map map = summing.ask({{"window", "2"}, {"stride", "4"}, {"mode", mode}});
    EXPECT_TRUE(map.values.allclose(test::tensor({16, 15}, {1, 2}))) << mode << map.values;
    const Map pixels = summing.ask({{"window", "2"}, {"stride", "4"}, {"average", "pixel"}, {"mode", mode}});
    EXPECT_EQ(pixels.values[0][0].item<float>(), 16);
    EXPECT_EQ(pixels.values[3][2].item<float>(), 0) << "never covered";
    const Map far = summing.ask({{"window", "1"}, {"stride", "50"}, {"mode", mode}});
    EXPECT_TRUE(far.values.equal(test::tensor({1}, {1, 1}))) << "one position";
  }
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
    return summing.ask({{"window", "4"}, {"stride", "4"}, {"fill", fill}}).values.sum().item<double>();  // 4 and 1 wide
  };
  EXPECT_NEAR(lost("mean"), sum, 1e-3);
  EXPECT_NEAR(lost("black"), sum - 20 * (0 - 0.25) / 0.5, 1e-3);
  EXPECT_NEAR(lost("white"), sum - 20 * (1 - 0.25) / 0.5, 1e-3);
  EXPECT_NEAR(lost("grey"), sum - 20 * (128.0 / 255 - 0.25) / 0.5, 1e-3);
  EXPECT_LT(std::abs(lost("blur")), 40) << "blurring keeps the mean nearly";
}

TEST(occlusion, the_exact_mode_equals_the_plain_one) {
  const test::Asked asked;
  for (const char* window : {"3", "5", "16"}) {
    for (const char* stride : {"1", "3"}) {
      const Settings exact{{"window", window}, {"stride", stride}};
      Settings plain = exact;
      plain["mode"] = "plain";
      EXPECT_LE(test::relative_error(asked.ask("occlusion", exact), asked.ask("occlusion", plain)), 1e-5)
          << window << " " << stride;
    }
  }
  const Settings small{{"window", "4"}, {"stride", "2"}, {"memory", "1"}};
  const Settings large{{"window", "4"}, {"stride", "2"}};
  EXPECT_TRUE(asked.ask("occlusion", small).allclose(asked.ask("occlusion", large), 1e-5, 1e-7));
}

TEST(occlusion, the_approximate_mode_says_how_far_off_it_is) {
  const test::Asked asked;
  const Map map =
      asked.whole("occlusion", {{"window", "5"}, {"stride", "2"}, {"mode", "approximate"}, {"field", "0.4"}});
  const Tensor exact = asked.ask("occlusion", {{"window", "5"}, {"stride", "2"}});
  const double error = ((map.values - exact).abs().max() / exact.abs().max()).item<double>();
  ASSERT_EQ(map.figures[1].first, "largest_error");
  EXPECT_GT(error, 1e-4) << "nothing was cut";
  EXPECT_LE(map.figures[1].second, 3 * error + 1e-3) << "measured on some positions, over the largest loss among them";
  EXPECT_GE(map.figures[1].second, map.figures[2].second);
}

TEST(occlusion, panels_come_of_the_same_sweep) {
  test::Asked asked;
  const Settings settings{{"window", "5"}, {"stride", "4"}, {"panels", "true"}, {"layer", "early"}};
  const Map map = asked.whole("occlusion", settings);
  EXPECT_TRUE(map.values.allclose(asked.ask("occlusion", {{"window", "5"}, {"stride", "4"}}), 1e-5, 1e-7));
  ASSERT_EQ(map.panels.size(), 4u);
  Tensor covered = asked.input.clone();
  covered.narrow(2, 8, 5).narrow(3, 4, 5).zero_();  // row 2, column 1
  const Trace after = run(asked.model.graph, covered);
  const Tensor probabilities = after.scores().softmax(1)[0];
  EXPECT_NEAR(map.panels[0].values[2][1].item<double>(), probabilities[2].item<double>(), 1e-5);
  EXPECT_EQ(map.panels[1].values[2][1].item<std::int64_t>(), probabilities.argmax().item<std::int64_t>());
  EXPECT_TRUE(map.panels[1].classes);
  EXPECT_EQ(map.panels[0].drawing, Drawing::level) << "what is left of a probability is not counted from zero";
  EXPECT_EQ(map.panels[2].drawing, Drawing::level);
  const Tensor before = asked.subject.trace().value(asked.model.graph.at("early"))[0];
  const std::int64_t channel = before.amax({1, 2}).argmax().item<std::int64_t>();
  EXPECT_NEAR(map.panels[2].values[2][1].item<double>(),
              after.value(asked.model.graph.at("early"))[0][channel].sum().item<double>(), 1e-4);
  EXPECT_EQ(map.panels[3].values.sizes(), asked.input[0].sizes());
  const Image sheet = rasterise(draw(map, make_image(16, 16)));
  EXPECT_GT(sheet.width, 3 * 224);
}

TEST(occlusion, refuses_a_window_larger_than_the_picture) {
  const test::Asked asked;
  try {
    asked.ask("occlusion", {{"window", "17"}});
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("17 px is larger than the network's input, 16x16"), std::string::npos)
        << error.what();
  }
  EXPECT_THROW(asked.ask("occlusion", {{"stride", "0"}}), Error);
}

TEST(occlusion, pixel_fills_need_to_know_the_preprocessing) { EXPECT_THROW(Summing().ask({{"fill", "grey"}}), Error); }

}  // namespace
}  // namespace fovea

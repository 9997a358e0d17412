// SPDX-License-Identifier: Apache-2.0
#include "make/asked.h"

namespace fovea {
namespace {

using test::failure_of;
using test::holds;
using test::made;
using test::striped;

double missed(const Made& made, std::size_t row) { return std::stod(made.table.at(row).at(1)); }

TEST(invert, an_early_layer_gives_the_picture_back) {
  const Made inverted =
      made("invert", {{"at", "early; features"}, {"steps", "400"}, {"variation", "0"}}, {{"stripes.png", striped()}});
  ASSERT_EQ(inverted.table.size(), 3U);
  EXPECT_EQ(inverted.table.at(1).at(0), "early");
  EXPECT_LT(missed(inverted, 1), 0.1);
  const double off = (inverted.values[0] - to_display(striped())[0]).abs().mean().item<double>();
  EXPECT_LT(off, 0.05) << "six filters of 3 x 3 keep the picture";
}

TEST(invert, what_is_missed_is_measured_on_the_finished_picture) {
  const Made inverted = made("invert", {{"at", "features"}, {"steps", "30"}}, {{"stripes.png", striped()}});
  const Model model = test::made_model();
  const auto phi = [&](const Tensor& display) {
    const Trace trace = run(model.graph, display_to_input(display, *model.card.preprocess), {.tape = Tape::none});
    return trace.value(model.graph.at("features"));
  };
  const Tensor wanted = phi(to_display(striped()));
  const double share = ((phi(inverted.values) - wanted).norm() / wanted.norm()).item<double>();
  EXPECT_NEAR(missed(inverted, 1), share, 1e-3 * share);
}

TEST(invert, variation_smooths) {
  const auto roughness = [](const char* weight) {
    const Made inverted =
        made("invert", {{"at", "features"}, {"steps", "120"}, {"variation", weight}}, {{"stripes.png", striped()}});
    return (inverted.values.narrow(3, 1, 15) - inverted.values.narrow(3, 0, 15)).abs().mean().item<double>();
  };
  EXPECT_LT(roughness("30"), 0.8 * roughness("0"));
}

TEST(invert, copies_spread_and_the_papers_optimiser) {
  const std::vector<NamedImage> two{{"a.png", striped()}, {"b.png", make_image(16, 16, {200, 30, 90})}};
  const Made inverted = made("invert", {{"at", "features"}, {"steps", "400"}, {"copies", "2"}}, two, "mahendran");
  EXPECT_EQ(inverted.pictures.size(), 4U);
  EXPECT_EQ(inverted.pictures[1].name, "a_features_2");
  EXPECT_NE(inverted.pictures[0].image.rgb, inverted.pictures[1].image.rgb);
  EXPECT_GT(std::stod(inverted.table.at(1).at(4)), 0) << "two pictures have a spread";
  EXPECT_LT(missed(inverted, 1), 1);
  EXPECT_TRUE(holds(inverted.notes.back(), "rates go astray")) << "they are for a network of its time";
}

TEST(invert, needs_a_picture) {
  EXPECT_TRUE(holds(failure_of([] { made("invert", {}); }), "picture"));
}

}  // namespace
}  // namespace fovea

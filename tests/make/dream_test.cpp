// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/tensor.h>

#include "make/asked.h"

namespace fovea {
namespace {

using test::failure_of;
using test::figure;
using test::holds;
using test::made;
using test::striped;

TEST(dream, a_layer_sees_more_of_what_it_saw) {
  const Made dreamt =
      made("dream", {{"at", "features"}, {"transforms", "jitter(2, mode=roll)"}}, {{"stripes.png", striped(40)}});
  EXPECT_EQ(dreamt.picture.width, 40);
  EXPECT_GT(figure(dreamt, "objective_after"), 1.2 * figure(dreamt, "objective_before"));
}

TEST(dream, one_octave_of_one_step_is_the_definition) {
  const Made dreamt =
      made("dream", {{"at", "features"}, {"octaves", "1"}, {"steps", "1"}, {"transforms", ""}, {"priors", ""}},
           {{"stripes.png", striped()}});
  const Model model = test::made_model();
  const Tensor start = to_display(striped());
  const Tensor input = display_to_input(start, *model.card.preprocess);
  const Tensor gradient = gradient_at(model, input, parse_objective("energy(features)")) /
                          at::tensor({0.2F, 0.25F, 0.22F}).reshape({1, 3, 1, 1});
  const Tensor wanted = (start + 0.00588 * gradient / gradient.abs().mean()).clamp(0, 1);
  EXPECT_LE((dreamt.values - wanted).abs().max().item<double>(), 1e-5);
}

TEST(dream, a_guide_draws_its_own_features_out) {
  const std::vector<NamedImage> both{{"stripes.png", striped(24)}, {"guide.png", make_image(20, 30, {250, 120, 10})}};
  const Made guided = made("dream", {{"at", "features"}, {"octaves", "2"}, {"transforms", ""}}, both);
  EXPECT_GT(figure(guided, "objective_after"), figure(guided, "objective_before"));
  EXPECT_TRUE(holds(guided.notes.front(), "guided by guide.png"));
}

TEST(dream, flies_and_starts_from_noise) {
  const Made flight = made(
      "dream", {{"at", "early"}, {"steps", "1"}, {"octaves", "1"}, {"zoom", "3"}, {"size", "20"}, {"transforms", ""}});
  ASSERT_EQ(flight.frames.size(), 3U);
  EXPECT_EQ(flight.frames[2].width, 20);
  EXPECT_NE(flight.frames[0].rgb, flight.frames[1].rgb);
  EXPECT_EQ(flight.frames[2].rgb, rasterise(flight.picture).rgb);
}

TEST(dream, large_pictures_are_made_smaller_and_names_are_checked) {
  const Made small =
      made("dream", {{"at", "early"}, {"steps", "1"}, {"octaves", "1"}, {"size", "18"}, {"transforms", ""}},
           {{"wide.png", make_image(36, 24, {90, 80, 70})}});
  EXPECT_EQ(small.picture.width, 18);
  EXPECT_EQ(small.picture.height, 12);
  EXPECT_TRUE(holds(failure_of([] { made("dream", {{"at", "fetures"}}); }), "fetures"));
}

}  // namespace
}  // namespace fovea

// SPDX-License-Identifier: Apache-2.0
#include <fovea/ascent.h>

#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include "make/asked.h"
#include "support/temporary_folder.h"

namespace fovea {
namespace {

using test::failure_of;
using test::holds;

AscentOptions options_for(const char* objective = "logit(2)") {
  AscentOptions options;
  options.objectives = {parse_objective(objective)};
  options.canvas = "pixels(0.02)";
  options.steps = 6;
  options.seed = 4;
  return options;
}

/// A model whose score 0 is the mean of red, by hand: input = (v - 0) / 1 in units of 1/255.
Model mean_red() {
  test::Net net;
  const ValueId x = net.input("data", {-1, 3, 4, 4});
  const ValueId pooled = net.node("Flatten", {net.node("GlobalAveragePool", {x})});
  net.node("Gemm", {pooled, net.constant(test::tensor({1, 0, 0}, {3, 1}))}, {}, "y");
  Model model = net.model();
  model.card.preprocess = Preprocess{.source = "test",
                                     .width = 4,
                                     .height = 4,
                                     .channels = "RGB",
                                     .scale = 1.0 / 255,
                                     .mean = {0, 0, 0},
                                     .std = {1, 1, 1}};
  return model;
}

TEST(ascent_loop, one_step_by_hand) {
  const Model model = mean_red();
  AscentOptions options = options_for("logit(0)");
  options.canvas = "pixels";
  options.start = at::full({1, 3, 4, 4}, 0.25);
  options.optimiser = "sgd(16)";  // the gradient of the mean of 16 pixels is 1/16 each
  options.steps = 1;
  const Ascended found = ascend(model, options);
  EXPECT_NEAR(found.history.at(0), 0.25, 1e-6);
  EXPECT_LE(test::largest_difference(found.last[0][0], at::full({4, 4}, 1.25)), 1e-5);
  EXPECT_LE(test::largest_difference(found.last[0][1], at::full({4, 4}, 0.25)), 1e-6);
}

TEST(ascent_loop, penalties_projections_and_steering_by_hand) {
  const Model model = mean_red();
  AscentOptions options = options_for("logit(0)");
  options.canvas = "pixels";
  options.start = at::full({1, 3, 4, 4}, 0.75);
  options.optimiser = "sgd(1)";
  options.steps = 1;
  // d/dx of w |x - .5|^2 is 2 w (x - .5) = .5 w; the mean colour is mid-grey, for nothing is subtracted.
  options.priors = "alpha_norm(weight=0.5, power=2)";
  EXPECT_LE(test::largest_difference(ascend(model, options).last[0][1], at::full({4, 4}, 0.75 - 0.25)), 1e-6);
  options.priors = "range(0, 0.7)";
  EXPECT_LE(test::largest_difference(ascend(model, options).last[0][0], at::full({4, 4}, 0.7)), 1e-6);
  options.priors = "centre_bias(sigma=0, margin=1)";
  const Tensor red = ascend(model, options).last[0][0];
  EXPECT_NEAR(red[0][0].item<double>(), 0.75, 1e-6);
  EXPECT_NEAR(red[1][1].item<double>(), 0.75 + 1.0 / 16, 1e-6);
}

TEST(ascent_loop, rates_hold_for_any_normalisation) {
  const Model model = test::made_model();
  Model other = test::made_model();  // the same function of pixels, whose input is 255 times as large
  Preprocess& preprocess = *other.card.preprocess;
  preprocess.scale = 1;
  for (double& mean : preprocess.mean) mean *= 255;
  for (double& deviation : preprocess.std) deviation *= 255;
  AscentOptions options = options_for();
  options.optimiser = "sgd(0.5)";
  EXPECT_LE(test::largest_difference(ascend(model, options).last, ascend(other, options).last), 1e-4);
}

TEST(ascent_loop, stopped_and_taken_up_again_gives_the_same_bytes) {
  const Model model = test::made_model();
  for (const char* optimiser : {"adam(0.05)", "sgd(0.1, momentum=0.9, last_rate=0.01)", "normalised(0.01)", "lbfgs"}) {
    AscentOptions options = options_for();
    options.optimiser = optimiser;
    options.transforms = "pad(2) jitter(2)";
    const Ascended straight = ascend(model, options);
    const test::TemporaryFolder folder;
    options.state = folder.path() / "0.state";
    int steps = 0;
    options.watch = [&](const AscentStatus&) { return ++steps < 3; };
    EXPECT_EQ(failure_of([&] { ascend(model, options); }), "stopped: stopped");
    options.watch = {};
    const Ascended resumed = ascend(model, options);
    EXPECT_TRUE(resumed.last.equal(straight.last)) << optimiser;
    EXPECT_EQ(resumed.history.size(), 6U);
    EXPECT_TRUE(ascend(model, options).last.equal(resumed.last)) << "a finished one is not made again";
    options.seed = 5;  // another ascent in the same place begins anew
    EXPECT_FALSE(ascend(model, options).last.equal(resumed.last));
  }
}

TEST(ascent_loop, pictures_of_a_batch_do_not_touch_each_other) {
  const Model model = test::made_model();
  AscentOptions options = options_for();
  options.pictures = 3;
  options.objectives = {parse_objective("logit(0)"), parse_objective("logit(1)"),
                        parse_objective("channel(features,2)")};
  const Ascended together = ascend(model, options);
  for (std::int64_t i = 0; i < 1; ++i) {  // the first picture's start is the same alone
    AscentOptions one = options_for("logit(0)");
    EXPECT_LE(test::largest_difference(ascend(model, one).last[0], together.last[i]), 1e-4);
  }
  EXPECT_EQ(together.last_values.size(), 3U);
}

TEST(ascent_loop, recipes_and_dead_units) {
  const Model model = test::made_model();
  AscentOptions options = options_for();
  options.recipe = "gradient";
  const Tensor walked = ascend(model, options).last;
  options.recipe = "";
  EXPECT_LE(test::largest_difference(walked, ascend(model, options).last), 1e-4);
  options.recipe = "guided";
  EXPECT_GT(test::largest_difference(walked, ascend(model, options).last), 1e-3);

  test::Net net;  // relu(x - 10) is dead for every picture
  const ValueId x = net.input("data", {-1, 3, 4, 4});
  const ValueId dead = net.node("Relu", {net.node("Sub", {x, net.constant(at::full({1}, 10.0))})}, {}, "dead");
  net.node("Flatten", {net.node("GlobalAveragePool", {dead})}, {}, "y");
  Model shut = net.model();
  shut.card.preprocess = mean_red().card.preprocess;
  AscentOptions climb = options_for("logit(0)");
  climb.steps = 3;
  climb.optimiser = "sgd(1000)";
  EXPECT_GT(ascend(shut, climb).redirected, 0);
  climb.redirect = 0;
  const std::string nothing = failure_of([&] { ascend(shut, climb); });
  EXPECT_TRUE(holds(nothing, "no gradient of 'logit(0)' reaches the picture")) << nothing;
}

TEST(ascent_loop, divergence_keeps_the_last_good_picture) {
  const Model model = mean_red();
  AscentOptions options = options_for("logit(0) * logit(0)");
  options.optimiser = "sgd(1e12)";
  options.steps = 12;
  const Ascended found = ascend(model, options);
  EXPECT_TRUE(holds(found.stopped, "the last good picture is kept")) << found.stopped;
  EXPECT_TRUE(found.last.isfinite().all().item<bool>());
}

TEST(ascent_loop, wrong_parts_are_named) {
  const Model model = test::made_model();
  const auto fails = [&](auto change) {
    AscentOptions options = options_for();
    change(options);
    return failure_of([&] { ascend(model, options); });
  };
  EXPECT_TRUE(holds(fails([](AscentOptions& o) { o.canvas = "forier"; }), "there is no canvas 'forier'"));
  EXPECT_TRUE(holds(fails([](AscentOptions& o) { o.transforms = "jiter(3)"; }), "there is no transform 'jiter'"));
  EXPECT_TRUE(holds(fails([](AscentOptions& o) { o.priors = "blur(sigma=x)"; }), "option 'sigma' of 'blur'"));
  EXPECT_TRUE(holds(fails([](AscentOptions& o) { o.optimiser = "adam(0.1"; }), "cannot read the parts"));
  EXPECT_TRUE(holds(fails([](AscentOptions& o) {
                      o.canvas = "cppn";
                      o.priors = "range";
                    }),
                    "cannot follow"));
  EXPECT_TRUE(holds(fails([](AscentOptions& o) { o.objectives = {parse_objective("content(features,nobody)")}; }),
                    "nothing is known of the target 'nobody'"));
  EXPECT_TRUE(holds(fails([](AscentOptions& o) { o.recipe = "gided"; }), "gided"));
}

TEST(ascent_loop, other_sizes_where_the_value_allows_them) {
  const Model model = test::made_model();
  AscentOptions options = options_for("channel(features,1)");
  options.width = 24;
  options.height = 20;
  const Ascended free = ascend(model, options);
  EXPECT_FALSE(free.fitted);
  EXPECT_EQ(free.last.size(2), 20);
  EXPECT_EQ(free.last.size(3), 24);
}

}  // namespace
}  // namespace fovea

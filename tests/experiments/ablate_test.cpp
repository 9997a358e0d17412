// SPDX-License-Identifier: Apache-2.0
#include <fovea/ablate.h>

#include <algorithm>

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/softmax.h>
#include <gtest/gtest.h>

#include "support/failure.h"
#include "support/net.h"
#include "support/painted_pictures.h"
#include "support/shown.h"

namespace fovea {
namespace {

using namespace test;

constexpr int map_side = 24;

/// x -> conv1 -> relu1 -> conv2 -> (+ relu1) -> relu2 -> mean -> flat -> fc: four classes, six channels.
struct Residual {
  Net net;
  ValueId weight_1, weight_2;

  Model model(bool without_0_of_relu1 = false, bool without_1_of_conv2 = false) {
    net = Net();
    const ValueId x = net.input("x", {-1, 3, map_side, map_side});
    Tensor w1 = random_normal({6, 3, 3, 3}, 1) * 0.4;
    Tensor w2 = random_normal({6, 6, 3, 3}, 2) * 0.3;
    if (without_0_of_relu1) w1[0].zero_();
    if (without_1_of_conv2) w2[1].zero_();
    const Attributes same = attributes({{"pads", std::vector<std::int64_t>{1, 1, 1, 1}}});
    const ValueId relu1 = net.node("Relu", {net.node("Conv", {x, net.constant(w1, "w1")}, same, "conv1")}, {}, "relu1");
    const ValueId conv2 = net.node("Conv", {relu1, net.constant(w2, "w2")}, same, "conv2");
    const ValueId relu2 = net.node("Relu", {net.node("Add", {relu1, conv2}, {}, "sum")}, {}, "relu2");
    const ValueId flat = net.node("Flatten", {net.node("GlobalAveragePool", {relu2}, {}, "mean")}, {}, "flat");
    net.node("Gemm", {flat, net.constant(random_normal({4, 6}, 3), "w3")}, attributes({{"transB", std::int64_t{1}}}),
             "fc");
    Model result = net.model();
    result.card.preprocess =
        Preprocess{.width = map_side, .height = map_side, .scale = 1.0 / 128, .mean = {1, 1, 1}, .std = {1, 1, 1}};
    return result;
  }
};

Tensor probabilities_of(const Model& model, const Tensor& x) {
  return run(model.graph, x, {.tape = Tape::none}).scores().to(at::kDouble).softmax(1);
}

AblationSet set_of(const Model& model, const std::vector<std::string>& texts) {
  AblationSet set;
  for (const std::string& text : texts) set.ablations.push_back(parse_ablation(model.graph, text));
  return set;
}

TEST(ablate, places_are_read) {
  const Model model = Residual().model();
  const Ablation whole = parse_ablation(model.graph, "relu1");
  EXPECT_EQ(whole.value, model.graph.at("relu1"));
  EXPECT_TRUE(whole.channels.empty());
  EXPECT_EQ(parse_ablation(model.graph, "relu1:3,0-2").channels, (std::vector<std::int64_t>{3, 0, 1, 2}));
  const Ablation unit = parse_ablation(model.graph, "relu1:3@4,5");
  EXPECT_EQ(unit.channels, (std::vector<std::int64_t>{3}));
  EXPECT_EQ(*unit.unit, (std::array<std::int64_t, 2>{4, 5}));
  for (const char* wrong : {"relu1:", "relu1:a", "relu1:3-1", "relu1:3@4", "relu1:1,3@4,5", "relu1:-1", "relu1:1,"}) {
    EXPECT_TRUE(holds(failure_of([&] { parse_ablation(model.graph, wrong); }), "cannot be read")) << wrong;
  }
  EXPECT_TRUE(holds(failure_of([&] { parse_ablation(model.graph, "relu9:1"); }), "usage: "));
  EXPECT_TRUE(holds(failure_of([&] { parse_ablation(model.graph, "w1"); }), "no node or value 'w1'"));
}

TEST(ablate, only_what_is_named_is_replaced) {
  const Tensor value = at::arange(2 * 3 * 2 * 2, at::kFloat).reshape({2, 3, 2, 2}) + 1;
  const Tensor channel = switched_off(value, {.value = 0, .channels = {1}, .unit = {}}, {}, "v");
  EXPECT_EQ(channel.select(1, 1).abs().sum().item<float>(), 0);
  EXPECT_TRUE(channel.select(1, 0).equal(value.select(1, 0)));
  EXPECT_TRUE(channel.select(1, 2).equal(value.select(1, 2)));
  const Tensor unit = switched_off(value, {.value = 0, .channels = {2}, .unit = std::array<std::int64_t, 2>{0, 1}},
                                   tensor({7, 8, 9}, {3}, at::kDouble), "v");
  EXPECT_EQ((unit - value).ne(0).sum().item<std::int64_t>(), 2) << "one unit in each of two pictures";
  EXPECT_EQ(unit[1][2][0][1].item<float>(), 9);
  const Tensor all = switched_off(value, {.value = 0, .channels = {}, .unit = {}}, tensor({7, 8, 9}, {3}), "v");
  EXPECT_EQ(all[0].sum().item<float>(), 4 * (7 + 8 + 9));
  EXPECT_EQ(value.sum().item<float>(), 24 * 25 / 2) << "the value itself stays";
}

TEST(ablate, equals_a_network_without_these_weights) {
  Residual residual;
  const Model model = residual.model();
  const Tensor x = random_normal({3, 3, map_side, map_side}, 5);
  const auto after = [&](const std::vector<std::string>& texts) {
    return ablate(model, x, set_of(model, texts)).after;
  };
  EXPECT_LT(largest_difference(after({"relu1:0"}), probabilities_of(Residual().model(true, false), x)), 1e-5);
  EXPECT_LT(largest_difference(after({"conv2:1"}), probabilities_of(Residual().model(false, true), x)), 1e-5);
  const Tensor both = probabilities_of(Residual().model(true, true), x);
  EXPECT_LT(largest_difference(after({"conv2:1", "relu1:0"}), both), 1e-5) << "whatever their order";
  EXPECT_LT(largest_difference(ablate(model, x, set_of(model, {"relu1:0"})).before, probabilities_of(model, x)), 1e-6);
  EXPECT_GT(largest_difference(both, probabilities_of(model, x)), 1e-3);
}

TEST(ablate, a_whole_layer_leaves_only_the_bias) {
  const Model model = Residual().model();
  const Tensor x = random_normal({2, 3, map_side, map_side}, 5);
  const Tensor after = ablate(model, x, set_of(model, {"flat"})).after;
  EXPECT_LT(largest_difference(after, at::ones({2, 4}, at::kDouble) / 4), 1e-9) << "there is no bias";
}

TEST(ablate, says_what_is_not_there) {
  const Model model = Residual().model();
  const Tensor x = random_normal({1, 3, map_side, map_side}, 5);
  const auto failure = [&](const std::string& text) {
    return failure_of([&] { ablate(model, x, set_of(model, {text})); });
  };
  EXPECT_EQ(failure("relu1:6"), "usage: 'relu1' has channels 0 to 5, found 6");
  EXPECT_EQ(failure("relu1:0@24,0"), "usage: 'relu1' has 24 x 24 positions, found 24,0");
  EXPECT_EQ(failure("flat:0@0,0"), "usage: 'flat' has no positions, so a unit of it is a channel");
}

TEST(ablate, means_are_over_pictures_and_positions) {
  const Model model = Residual().model();
  const PaintedPictures pictures(10, 1);
  const ValueId value = model.graph.at("relu1");
  const Tensor means = channel_means(model, pictures, {value}, {.batch = 4}).at(value);
  std::vector<Tensor> inputs;
  for (std::int64_t i = 0; i < 10; ++i) inputs.push_back(to_input(pictures.at(i).picture, *model.card.preprocess));
  const Trace trace = run(model.graph, at::cat(inputs), {.tape = Tape::none});
  EXPECT_LT(largest_difference(means, trace.value(value).to(at::kDouble).mean({0, 2, 3})), 1e-6);
}

TEST(ablate, a_data_set_is_counted_by_class) {
  const Model model = Residual().model();
  const PaintedPictures pictures(24, 1);
  const AblationSet set = set_of(model, {"relu1:0-3"});
  const AblationEvaluation result = ablate(model, pictures, set, {.batch = 7});
  std::vector<AblationEffect> classes(4);
  double probability = 0;
  for (std::int64_t i = 0; i < 24; ++i) {
    const AblatedScores one = ablate(model, to_input(pictures.at(i).picture, *model.card.preprocess), set);
    AblationEffect& effect = classes[static_cast<std::size_t>(i % 4)];
    effect.right_before += one.before[0].argmax().item<std::int64_t>() == i % 4 ? 1 : 0;
    effect.right_after += one.after[0].argmax().item<std::int64_t>() == i % 4 ? 1 : 0;
    effect.flipped += one.before[0].argmax().item<std::int64_t>() != one.after[0].argmax().item<std::int64_t>() ? 1 : 0;
    probability += one.after[0][i % 4].item<double>() / 24;
  }
  EXPECT_EQ(result.all.pictures, 24);
  EXPECT_NEAR(result.all.probability_after, probability, 1e-6);
  std::int64_t right = 0;
  for (std::size_t c = 0; c < 4; ++c) {
    EXPECT_EQ(result.classes[c].pictures, 6);
    EXPECT_EQ(result.classes[c].right_before, classes[c].right_before);
    EXPECT_EQ(result.classes[c].right_after, classes[c].right_after);
    EXPECT_EQ(result.classes[c].flipped, classes[c].flipped);
    right += classes[c].right_after;
  }
  EXPECT_EQ(result.all.right_after, right);
}

TEST(ablate, each_channel_is_what_it_is_alone_and_the_worst_comes_first) {
  const Model model = Residual().model();
  const PaintedPictures pictures(12, 2);
  std::int64_t done = 0;
  std::int64_t total = 0;
  const AblationOptions options{.batch = 5, .progress = [&](std::int64_t d, std::int64_t t) {
                                  EXPECT_GE(d, done);
                                  done = d;
                                  total = t;
                                  return true;
                                }};
  const auto effects = ablate_each(model, pictures, model.graph.at("relu1"), AblationFill::zero, false, options);
  EXPECT_EQ(done, total);
  ASSERT_EQ(effects.size(), 6U);
  for (std::size_t i = 0; i < effects.size(); ++i) {
    const AblationEvaluation alone =
        ablate(model, pictures, set_of(model, {"relu1:" + std::to_string(effects[i].channel)}), {.batch = 5});
    EXPECT_NEAR(effects[i].effect.probability_after, alone.all.probability_after, 1e-9);
    EXPECT_EQ(effects[i].effect.right_after, alone.all.right_after);
    const AblationEffect& before = effects[i > 0 ? i - 1 : 0].effect;
    EXPECT_LE(before.probability_after, effects[i].effect.probability_after);
  }
  const auto by_accuracy = ablate_each(model, pictures, model.graph.at("relu1"), AblationFill::mean, true);
  for (std::size_t i = 1; i < by_accuracy.size(); ++i) {
    EXPECT_LE(by_accuracy[i - 1].effect.right_after, by_accuracy[i].effect.right_after);
  }
  const auto stop = [](std::int64_t, std::int64_t) { return false; };
  EXPECT_EQ(failure_of([&] {
              ablate_each(model, pictures, model.graph.at("relu1"), AblationFill::zero, false, {.progress = stop});
            }),
            "stopped: stopped");
}

TEST(ablate, activations_are_positive_sums_by_class) {
  const Model model = Residual().model();
  const PaintedPictures pictures(8, 3);
  const ValueId value = model.graph.at("conv2");
  const std::vector<LayerActivation> layers = activation_by_class(model, pictures, {value}, {.batch = 3});
  ASSERT_EQ(layers.size(), 1U);
  EXPECT_EQ(layers[0].value, "conv2");
  EXPECT_EQ(layers[0].pictures, (std::vector<std::int64_t>{2, 2, 2, 2}));
  const auto positive = [&](std::int64_t i) {
    const Tensor x = to_input(pictures.at(i).picture, *model.card.preprocess);
    return run(model.graph, x, {.tape = Tape::none}).value(value).clamp_min(0).sum({2, 3})[0].to(at::kDouble);
  };
  const Tensor expected = (positive(1) + positive(5)) / 2;
  EXPECT_LT(relative_error(layers[0].by_channel[1], expected), 1e-5);
  EXPECT_NEAR(layers[0].total[1].item<double>(), expected.sum().item<double>(), 1e-3);
}

TEST(ablate, layer_figure_has_a_bar_per_class_the_most_active_first) {
  const LayerActivation layer{.value = "conv2",
                              .pictures = {2, 2, 2},
                              .by_channel = test::tensor({1, 0, 2, 6, 1, 1}, {3, 2}),
                              .total = test::tensor({1, 8, 2}, {3}).to(at::kDouble)};
  const Figure figure = draw_layer_activation(layer, {"crane", "dog", "fish"}, "a title");
  const std::vector<std::string> texts = test::texts_in(figure);
  const auto place = [&](const std::string& text) {
    return std::find(texts.begin(), texts.end(), text) - texts.begin();
  };
  EXPECT_TRUE(test::says(figure, "a title"));
  EXPECT_LT(place("dog"), place("fish"));
  EXPECT_LT(place("fish"), place("crane"));
  EXPECT_LT(place("crane"), static_cast<std::ptrdiff_t>(texts.size()));
}

TEST(ablate, bars_are_as_long_as_their_values) {
  const Image image =
      rasterise(draw_before_after({{"a", 1, 0.5, "x"}, {"b", 0.25, 0, "y"}}, "t", {"note"}, {"before", "after"}));
  const auto count = [&](Colour colour) {
    std::int64_t pixels = 0;
    for (std::size_t i = 0; i < image.rgb.size(); i += 3) {
      pixels += std::equal(colour.begin(), colour.end(), image.rgb.data() + i) ? 1 : 0;
    }
    return static_cast<double>(pixels);
  };
  EXPECT_NEAR(count({170, 170, 170}) / count({0, 114, 178}), 1.25 / 0.5, 0.2);
}

}  // namespace
}  // namespace fovea

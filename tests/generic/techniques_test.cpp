// Properties that every technique has, on several kinds of network.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <optional>

#include <fovea/error.h>
#include <fovea/technique.h>

#include "support/net.h"

namespace fovea {
namespace {

using test::attributes;
using test::Net;
using Ints = std::vector<std::int64_t>;

Model plain() {
  Net net;
  ValueId x = net.node("Relu", {net.conv(net.input("x", {-1, 3, 24, 20}), 3, 6, 3, 2, 1)});
  x = net.node("LRN", {x}, attributes({{"size", std::int64_t{3}}, {"alpha", 0.1}}));
  x = net.node("MaxPool", {x}, attributes({{"kernel_shape", Ints{3, 3}}, {"strides", Ints{2, 2}}}));
  net.gemm(net.node("Flatten", {net.node("Relu", {net.conv(x, 6, 4, 3, 1, 1)})}), 80, 5);
  return net.model();
}

Model residual() {
  Net net;
  ValueId x = net.conv(net.input("x", {-1, 3, 24, 20}), 3, 6, 3, 2, 1);
  x = net.node("BatchNormalization",
               {x, net.constant(test::random_normal({6}, 1).abs() + 0.5), net.constant(test::random_normal({6}, 2)),
                net.constant(test::random_normal({6}, 3)), net.constant(test::random_normal({6}, 4).abs() + 0.5)});
  x = net.node("Relu", {x});
  x = net.node("Relu", {net.node("Add", {net.conv(x, 6, 6, 3, 1, 1), x})});
  net.gemm(net.node("Flatten", {net.node("GlobalAveragePool", {x})}), 6, 5);
  return net.model();
}

/// A fixed batch of one, ReLU6 as Clip, depthwise convolution, a hard-swish.
Model mobile() {
  Net net;
  ValueId x = net.conv(net.input("x", {1, 3, 24, 20}), 3, 6, 3, 2, 1);
  x = net.node("Clip", {x, net.constant(test::tensor({0}, {})), net.constant(test::tensor({6}, {}))});
  x = net.node("HardSwish", {net.conv(x, 6, 6, 3, 1, 1, 6)});
  net.gemm(net.node("Flatten", {net.node("GlobalAveragePool", {x})}), 6, 5);
  return net.model();
}

/// Fewer samples and steps than the defaults, where the property does not hang on their number.
Settings few(const Technique& technique) {
  Settings settings;
  for (const Option& option : technique.options) {
    if (option.name == "samples" || option.name == "steps") settings[std::string(option.name)] = "8";
  }
  return settings;
}

/// Asks, or says why the technique does not apply to this kind of network: a refusal, never an answer that means
/// something else.
std::optional<Map> ask_or_skip(const Technique& technique, const Subject& subject, const char* objective,
                               const Settings& settings = {}) {
  try {
    return explain(technique, subject, parse_objective(objective), {.settings = settings, .seed = 3});
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::unsupported || error.hint().empty()) throw;
    std::printf("    %s: %s\n", std::string(technique.name).c_str(), error.what());
    return std::nullopt;
  }
}

class techniques : public ::testing::TestWithParam<std::tuple<const Technique*, Model (*)()>> {};

TEST_P(techniques, answers_finitely_and_the_same_again) {
  const auto [technique, make] = GetParam();
  const Model model = make();
  const Tensor input = test::random_normal({1, 3, 24, 20}, 11);
  const Tensor before = input.clone();
  const Subject subject(model, input);
  const std::optional<Map> answer = ask_or_skip(*technique, subject, "logit(top)");
  if (!answer) GTEST_SKIP();
  const Map& map = *answer;
  EXPECT_TRUE(map.values.isfinite().all().item<bool>());
  EXPECT_GT(map.values.abs().max().item<float>(), 0) << "an empty map explains nothing";
  EXPECT_GE(map.values.dim(), 2);
  EXPECT_EQ(map.values.scalar_type(), at::kFloat);
  EXPECT_TRUE(model.graph.find(map.at).has_value());
  EXPECT_TRUE(input.equal(before)) << "the input was changed";

  const Subject fresh(model, input);
  EXPECT_TRUE(explain(*technique, fresh, parse_objective("logit(top)"), {.seed = 3}).values.equal(map.values));
  EXPECT_TRUE(explain(*technique, subject, parse_objective("logit(top)"), {.seed = 3}).values.equal(map.values))
      << "a second answer on the same run differs";
}

TEST_P(techniques, draws) {
  const auto [technique, make] = GetParam();
  const Model model = make();
  const Subject subject(model, test::random_normal({1, 3, 24, 20}, 11));
  const std::optional<Map> answer = ask_or_skip(*technique, subject, "logit(1)", few(*technique));
  if (!answer) GTEST_SKIP();
  const Image picture = rasterise(draw(*answer, make_image(60, 72, {90, 90, 90})));
  EXPECT_GT(picture.width, 0);
  EXPECT_EQ(picture.rgb.size(),
            3u * static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height));
}

/// As `make`, but nothing reaches the classes: all their scores are 0.
Model blind(Model (*make)()) {
  Model model = make();
  const Node& last = model.graph.nodes().back();
  Weights weights = model.graph.weights();
  for (const ValueId input : last.inputs) {
    Tensor& weight = weights[input];
    if (weight.defined()) weight = weight * 0;
  }
  model.graph = model.graph.with_weights(std::move(weights));
  return model;
}

TEST_P(techniques, say_so_where_all_scores_are_equal) {
  const auto [technique, make] = GetParam();
  const Model model = blind(make);
  const Subject subject(model, test::random_normal({1, 3, 24, 20}, 11));
  ASSERT_EQ(subject.trace().scores().abs().max().item<float>(), 0);
  try {
    const Map map = explain(*technique, subject, parse_objective("logit(1)"), {.settings = few(*technique), .seed = 3});
    EXPECT_TRUE(map.values.isfinite().all().item<bool>());
    EXPECT_TRUE(std::any_of(map.notes.begin(), map.notes.end(), [](const std::string& note) {
      return note.find("scores are equal") != std::string::npos;
    }));
    const Image picture = rasterise(draw(map, make_image(60, 72, {90, 90, 90})));
    EXPECT_GT(picture.width, 0);
  } catch (const Error& error) {  // a refusal says what to do
    EXPECT_FALSE(error.hint().empty()) << error.what();
  }
}

TEST_P(techniques, stops_when_told) {
  const auto [technique, make] = GetParam();
  const Model model = make();
  const Subject subject(model, test::random_normal({1, 3, 24, 20}, 11));
  int calls = 0;
  const Progress stop = [&](std::int64_t, std::int64_t) { return ++calls < 1; };
  try {
    explain(*technique, subject, parse_objective("logit(1)"), {.progress = stop});
    EXPECT_EQ(calls, 0) << "progress was told to stop, and went on";
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::unsupported) GTEST_SKIP() << error.what();
    EXPECT_EQ(error.kind(), ErrorKind::stopped) << error.what();
    EXPECT_STREQ(error.what(), "stopped");
  }
}

std::string technique_name(const ::testing::TestParamInfo<techniques::ParamType>& info) {
  const auto [technique, make] = info.param;
  return std::string(technique->name) + (make == plain ? "_plain" : make == residual ? "_residual" : "_mobile");
}

INSTANTIATE_TEST_SUITE_P(techniques, techniques,
                         ::testing::Combine(::testing::ValuesIn(all_techniques().begin(), all_techniques().end()),
                                            ::testing::Values(plain, residual, mobile)),
                         technique_name);

TEST(techniques_table, answer_for_one_of_the_networks_at_least) {
  const std::array networks{plain(), residual(), mobile()};
  const Tensor input = test::random_normal({1, 3, 24, 20}, 11);
  for (const Technique* technique : all_techniques()) {
    const bool answers = std::any_of(networks.begin(), networks.end(), [&](const Model& model) {
      return ask_or_skip(*technique, Subject(model, input), "logit(1)", few(*technique)).has_value();
    });
    EXPECT_TRUE(answers) << technique->name << " refuses every network, so that nothing else here is asked of it";
  }
}

TEST(techniques_table, is_described_throughout) {
  for (const Technique* technique : all_techniques()) {
    EXPECT_FALSE(technique->sentence.empty()) << technique->name;
    EXPECT_TRUE(technique->sentence.ends_with(".")) << technique->name;
    EXPECT_FALSE(technique->paper.empty()) << technique->name;
    EXPECT_NO_THROW(options_of(*technique, {})) << technique->name;
    for (const Preset& preset : technique->presets) {
      EXPECT_NO_THROW(options_of(*technique, {.preset = std::string(preset.name)})) << technique->name << preset.name;
    }
    for (const Option& option : technique->options) {
      const Settings fallback{{std::string(option.name), std::string(option.fallback)}};
      EXPECT_NO_THROW(options_of(*technique, {.settings = fallback})) << technique->name << option.name;
      EXPECT_FALSE(option.help.empty()) << technique->name << option.name;
    }
  }
}

TEST(techniques_refuse, weights_that_are_not_numbers) {
  Model model = plain();
  Weights weights = model.graph.weights();
  for (Tensor& weight : weights) {
    if (!weight.defined() || weight.dim() != 4) continue;
    weight = weight.clone();
    weight[0][0][0][0] = std::nan("");
    break;
  }
  model.graph = model.graph.with_weights(weights);
  const Subject subject(model, test::random_normal({1, 3, 24, 20}, 11));
  try {
    explain(find_technique("saliency"), subject, logit(0));
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("holds NaN or infinity"), std::string::npos) << error.what();
  }
}

TEST(techniques_refuse, unknown_names_with_near_ones) {
  try {
    find_technique("gradcam");
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(error.hint().find("'grad_cam'"), std::string::npos);
  }
}

}  // namespace
}  // namespace fovea

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <map>

#include "attack/class_slope.h"
#include "make/asked.h"
#include "support/temporary_folder.h"

namespace fovea {
namespace {

using test::failure_of;
using test::figure;
using test::holds;

/// conv - relu - maxpool - fully connected, seeded: every pixel counts, so small changes do much.
const Model& sure_model() {
  static const Model model = [] {
    constexpr int side = test::made_side;
    test::Net net;
    const ValueId x = net.node("Relu", {net.conv(net.input("data", {-1, 3, side, side}), 3, 6, 3, 1, 1)});
    const ValueId pooled = net.node("MaxPool", {x},
                                    test::attributes({{"kernel_shape", std::vector<std::int64_t>{2, 2}},
                                                      {"strides", std::vector<std::int64_t>{2, 2}}}));
    net.gemm(net.node("Flatten", {pooled}), 6 * side / 2 * side / 2, 5);
    Model made = net.model();
    made.card = test::made_model().card;
    return made;
  }();
  return model;
}

Made made(const Settings& settings, const std::vector<NamedImage>& pictures = {}, std::uint64_t seed = 3) {
  return make_picture(find_make_kind("fool"), &sure_model(), pictures, {.settings = settings, .seed = seed});
}

const MadePicture& picture(const Made& result, const std::string& name) {
  for (const MadePicture& one : result.pictures) {
    if (one.name == name) return one;
  }
  throw std::runtime_error("there is no picture " + name);
}

std::vector<NamedImage> stripes() {
  Image other = test::striped();
  std::reverse(other.rgb.begin(), other.rgb.end());
  return {{"folder/stripes.png", test::striped()}, {"other.png", other}};
}

double probability_of(const Image& image, std::int64_t index) {
  return class_probabilities(sure_model(), {image})[0][index].item<double>();
}

std::int64_t answer_to(const Image& image) {
  return class_probabilities(sure_model(), {image})[0].argmax().item<std::int64_t>();
}

double largest_change(const Image& a, const Image& b) {
  return 255 * test::largest_difference(to_display(a), to_display(b));
}

/// A class that the small network can be made to say.
std::int64_t other_than(std::int64_t own) { return own == 2 ? 0 : 2; }

TEST(fool, the_least_change_is_sure_as_a_file) {
  const std::int64_t target = other_than(answer_to(test::striped()));
  const std::string text = std::to_string(target);
  const Made fooled = made({{"target", text}, {"confidence", "0.6"}}, {stripes().front()});
  const Image found = picture(fooled, "stripes_as_" + text).image;
  EXPECT_GE(probability_of(found, target), 0.6);
  EXPECT_EQ(figure(fooled, "that_fool"), 1);
  const Tensor change = to_display(found) - to_display(test::striped());
  EXPECT_NEAR(figure(fooled, "rms_median"), 255 * change.square().mean().sqrt().item<double>(), 1e-3);
  EXPECT_LT(test::largest_difference(fooled.values, to_display(found)), 1e-6);
  const Made surer = made({{"target", text}, {"confidence", "0.7"}}, {stripes().front()});
  EXPECT_GT(figure(surer, "rms_median"), figure(fooled, "rms_median"));
}

/// The same aim by a bounded attack takes a larger RMS change.
TEST(fool, the_least_change_is_less_than_an_iterated_ones) {
  const std::int64_t target = other_than(answer_to(test::striped()));
  const std::string text = std::to_string(target);
  const std::vector<NamedImage> one{stripes().front()};
  const double least = figure(made({{"target", text}, {"confidence", "0.6"}}, one), "rms_median");
  for (int epsilon = 1; epsilon < 255; epsilon *= 2) {
    const Made bounded =
        made({{"method", "iterated"}, {"norm", "l2"}, {"target", text}, {"epsilon", std::to_string(epsilon)}}, one);
    if (probability_of(picture(bounded, "stripes_as_" + text).image, target) < 0.6) continue;
    EXPECT_LE(least, figure(bounded, "rms_median") * 1.01) << epsilon;
    return;
  }
  FAIL() << "no bounded attack came there";
}

TEST(fool, bounded_attacks_stay_within_epsilon_and_leave_the_class) {
  for (const char* method : {"fgsm", "iterated", "pgd"}) {
    Settings settings{{"method", method}, {"epsilon", "12"}};
    if (method != std::string_view("fgsm")) settings["steps"] = "8";
    const Made fooled = made(settings, stripes());
    const Image found = picture(fooled, "stripes_as_other").image;
    EXPECT_LE(largest_change(found, test::striped()), 12.001) << method;
    const std::int64_t own = answer_to(test::striped());
    EXPECT_LT(probability_of(found, own), probability_of(test::striped(), own)) << method;
  }
  const Made round = made({{"method", "pgd"}, {"norm", "l2"}, {"epsilon", "5"}, {"steps", "8"}}, stripes());
  EXPECT_LE(figure(round, "rms_largest"), 5.3);  // rounding adds a little
}

TEST(fool, random_targets_come_from_the_seed_and_are_never_the_own_class) {
  const std::vector<NamedImage> one{stripes().front()};
  const std::string own = test::made_model().card.labels[static_cast<std::size_t>(answer_to(test::striped()))];
  std::map<std::string, int> met;
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    const Made fooled = made({{"steps", "1"}}, one, seed);
    EXPECT_EQ(fooled.table, made({{"steps", "1"}}, one, seed).table);
    EXPECT_NE(fooled.table.at(1).at(4), own);
    ++met[fooled.table.at(1).at(4)];
  }
  EXPECT_GE(met.size(), 3U);
  EXPECT_EQ(made({{"steps", "1"}, {"target", "random; dog; 0,1; random"}}, one).table.size(), 6U);
}

TEST(fool, from_noise_and_from_the_mean_colour) {
  const Made noise = made({{"target", "boat"}, {"count", "3"}, {"confidence", "0.5"}});
  ASSERT_EQ(noise.table.size(), 4U);
  EXPECT_EQ(figure(noise, "that_fool"), 3);
  EXPECT_GE(probability_of(picture(noise, "noise_2_as_1").image, 1), 0.5);
  EXPECT_GT(
      largest_change(picture(noise, "noise_1_as_1_original").image, picture(noise, "noise_2_as_1_original").image), 50);
  const Image mean =
      picture(made({{"target", "boat"}, {"start", "mean"}, {"steps", "1"}}), "mean_1_as_1_original").image;
  EXPECT_EQ(mean.at(3, 5)[0], 128);
  EXPECT_EQ(mean.at(3, 5)[1], 102);
}

TEST(fool, one_change_on_other_pictures) {
  const Made fooled = made({{"target", "random"}, {"apply_to_others", "true"}, {"confidence", "0.5"}}, stripes());
  ASSERT_EQ(fooled.table.size(), 3U);
  EXPECT_EQ(figure(fooled, "others"), 1);
  const Image original = picture(fooled, fooled.table[2][0] + "_original").image;
  const Tensor change = fooled.values[0] - to_display(test::striped())[0];
  EXPECT_LT(test::largest_difference(fooled.values[1], (to_display(original)[0] + change).clamp(0, 1)), 1e-5);
}

TEST(fool, goes_on_where_it_was_stopped) {
  const test::TemporaryFolder temporary;
  const std::vector<NamedImage> pictures{stripes().front(),
                                         {"plain.png", make_image(16, 16, {200, 40, 90})},
                                         {"other.png", make_image(16, 16, {20, 140, 90})}};
  std::int64_t asked = 0;
  const auto fool = [&](const std::filesystem::path& resume, std::int64_t stop_at) {
    asked = 0;
    MakeOptions options{.settings = {{"target", "cat"}, {"confidence", "0.4"}, {"batch", "1"}, {"steps", "6"}},
                        .seed = 3,
                        .resume = resume};
    options.progress = [&, stop_at](const MakeStatus&) { return ++asked != stop_at; };
    return make_picture(find_make_kind("fool"), &sure_model(), pictures, options);
  };
  const Made whole = fool({}, -1);
  const std::int64_t steps = asked;
  EXPECT_EQ(failure_of([&] { fool(temporary.path(), 2 * steps / 3); }), "stopped: stopped");
  const Made rest = fool(temporary.path(), -1);
  EXPECT_LT(asked, steps) << "the first picture was there";
  EXPECT_EQ(rasterise(rest.picture).rgb, rasterise(whole.picture).rgb);
  EXPECT_EQ(rest.table, whole.table);
  const Made again = fool(temporary.path(), -1);
  EXPECT_EQ(asked, 3) << "all were there";
  EXPECT_EQ(rasterise(again.picture).rgb, rasterise(whole.picture).rgb);
}

TEST(fool, robustness_has_a_row_for_every_amount) {
  const Made fooled = made({{"target", "random"}, {"confidence", "0.5"}, {"robustness", "true"}}, stripes());
  ASSERT_EQ(fooled.further.size(), 1U);
  EXPECT_EQ(fooled.further.front().name, "robustness");
  EXPECT_EQ(fooled.further.front().rows.size(), 1U + 7 * 5);
  EXPECT_GT(picture(fooled, "robustness").image.width, 300);
  EXPECT_TRUE(std::any_of(fooled.notes.begin(), fooled.notes.end(),
                          [](const auto& note) { return holds(note, "jpeg by 98"); }));
}

/// Flatten and one fully connected layer of two classes: the least change is along the difference of their weights.
TEST(fool, a_linear_networks_change_is_its_weights) {
  test::Net net;
  net.gemm(net.node("Flatten", {net.input("data", {-1, 3, test::made_side, test::made_side})}),
           3 * test::made_side * test::made_side, 2);
  Model model = net.model();
  model.card.preprocess = test::made_model().card.preprocess;
  const std::vector<NamedImage> pictures = stripes();
  const Made fooled = make_picture(find_make_kind("fool"), &model, pictures, {});
  EXPECT_NEAR(figure(fooled, "cosine_to_target_less_source"), 1, 1e-4);
  EXPECT_NEAR(figure(fooled, "cosine_to_weights"), 1, 1e-4);
  EXPECT_GT(figure(fooled, "cosine_to_weights_as_found"), 0.8);
  EXPECT_LT(figure(fooled, "cosine_to_target_alone"), 0.99);
  EXPECT_EQ(figure(fooled, "that_fool"), 2);
  EXPECT_EQ(picture(fooled, fooled.table[1][0] + "_weights").image.width, test::made_side);
}

TEST(fool, a_picture_that_is_its_target_is_not_counted) {
  const std::string own = std::to_string(answer_to(test::striped()));
  const Made fooled = made({{"method", "pgd"}, {"target", own + ";random"}, {"epsilon", "8"}}, {stripes().front()});
  EXPECT_EQ(figure(fooled, "adversaries"), 1);
  EXPECT_LE(figure(fooled, "that_fool"), 1);
  EXPECT_TRUE(holds(fooled.notes.at(1), "1 are not counted")) << fooled.notes.at(1);
}

TEST(fool, other_networks_are_asked_about_the_original_too) {
  const Model& model = sure_model();
  const std::vector<NamedImage> pictures{stripes().front()};
  const Made fooled = make_picture(find_make_kind("fool"), &model, pictures,
                                   {.settings = {{"target", "dog"}, {"steps", "3"}}, .witnesses = {&model}});
  ASSERT_EQ(fooled.further.size(), 1U);
  const auto& says = fooled.further.front().rows;
  EXPECT_EQ(says.at(1).at(0), "stripes_as_3_original");
  EXPECT_EQ(says.at(2).at(0), "stripes_as_3");
}

TEST(fool, films_its_attacks) {
  const Model& model = sure_model();
  const std::vector<NamedImage> pictures{stripes().front()};
  const Made fooled = make_picture(find_make_kind("fool"), &model, pictures,
                                   {.settings = {{"target", "dog;cat"}, {"steps", "3"}, {"batch", "1"}}, .film = true});
  EXPECT_GE(fooled.frames.size(), 8U) << "of every batch";
}

TEST(fool, says_what_is_wrong) {
  EXPECT_TRUE(holds(failure_of([] { made({{"norm", "inf"}}); }), "least RMS change"));
  EXPECT_TRUE(holds(failure_of([] { made({{"target", "none"}}); }), "needs a target"));
  EXPECT_TRUE(holds(failure_of([] { made({{"target", "dig"}}); }), "dig"));
  EXPECT_TRUE(holds(failure_of([] { made({{"apply_to_others", "true"}}); }), "at least 2 pictures"));
}

}  // namespace
}  // namespace fovea

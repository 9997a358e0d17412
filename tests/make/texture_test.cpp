// SPDX-License-Identifier: Apache-2.0
#include "make/asked.h"

#include "core/gram.h"
#include "make/shared/imitate.h"

namespace fovea {
namespace {

using test::failure_of;
using test::holds;
using test::made;
using test::striped;

const Settings small_texture{{"source_size", "0"}, {"size", "16"}, {"pooling", "max"}};

Settings joined(Settings settings, const Settings& more) {
  for (const auto& [name, value] : more) settings[name] = value;
  return settings;
}

TEST(texture, statistics_are_the_sources) {
  const Made grown = made("texture", joined(small_texture, {{"steps", "150"}}), {{"stripes.png", striped()}});
  ASSERT_EQ(grown.table.size(), 3U) << "two sizes of maps";
  EXPECT_LT(grown.figures.front().second, 0.01);
}

TEST(texture, errors_are_measured_on_the_finished_picture) {
  const Made grown =
      made("texture", joined(small_texture, {{"steps", "5"}, {"at", "features"}}), {{"stripes.png", striped()}});
  const Model model = test::made_model();
  const auto gram = [&](const Image& image) {
    const Trace trace =
        run(model.graph, display_to_input(to_display(image), *model.card.preprocess), {.tape = Tape::none});
    return gram_matrix(trace.value(model.graph.at("features")));
  };
  const Tensor wanted = gram(striped());
  const double error = ((gram(grown.pictures.front().image) - wanted).norm() / wanted.norm()).item<double>();
  EXPECT_NEAR(std::stod(grown.table.at(1).at(1)), error, 2e-3 * error);
}

TEST(texture, averages_take_the_place_of_maxima) {
  const Model model = test::made_model();
  const Model average = make::with_average_pools(model);
  const Tensor input = display_to_input(to_display(striped()), *model.card.preprocess);
  const Trace plain = run(model.graph, input, {.tape = Tape::none});
  const Trace other = run(average.graph, input, {.tape = Tape::none});
  EXPECT_TRUE(plain.value(model.graph.at("early")).equal(other.value(model.graph.at("early"))));
  EXPECT_GT(plain.value(model.graph.at("features")).sum().item<double>(), 0);
  EXPECT_FALSE(plain.value(model.graph.at("features")).equal(other.value(model.graph.at("features"))));
}

TEST(texture, histograms_are_matched) {
  const Made grown =
      made("texture", joined(small_texture, {{"steps", "3"}, {"histogram", "true"}}), {{"stripes.png", striped()}});
  const Tensor own = std::get<0>(grown.values.flatten(2).sort(2));
  const Tensor wanted = std::get<0>(to_display(striped()).flatten(2).sort(2));
  EXPECT_TRUE(own.allclose(wanted, 0, 1e-6)) << "of equal sizes the very same colours";
}

TEST(texture, of_another_size_and_without_a_picture) {
  EXPECT_EQ(
      made("texture", joined(small_texture, {{"steps", "2"}, {"size", "24"}}), {{"a.png", striped()}}).picture.width,
      24);
  EXPECT_TRUE(holds(failure_of([] { made("texture", {}); }), "picture"));
  EXPECT_TRUE(holds(failure_of([] { made("texture", {{"at", "logits"}}, {{"a.png", striped()}}); }), "logits"));
}

}  // namespace
}  // namespace fovea

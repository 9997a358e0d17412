// Naming what units answer to: a network made to answer to one colour finds the one part that has it, and the shipped
// network's part units agree about their parts far more often than chance.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/part_units.h>

#include <gtest/gtest.h>

#include <set>

#include "../support/failure.h"
#include "../support/net.h"
#include "../support/temporary_folder.h"

namespace fovea {
namespace {

/// A network of one 1x1 convolution that answers to the mean colour of a part against everything else in its scene.
Model detector_of(const WorldScene& scene, const Tensor& mask, int size) {
  const Preprocess preprocess{.source = "test",
                              .width = size,
                              .height = size,
                              .fit = Fit::stretch,
                              .scale = 1.0 / 255,
                              .mean = {0, 0, 0},
                              .std = {1, 1, 1}};
  const Tensor x = to_input(scene.picture, preprocess)[0];
  const Tensor m = mask.to(at::kFloat);
  const Tensor inside = (x * m).sum({1, 2}) / m.sum();
  const Tensor outside = (x * (1 - m)).sum({1, 2}) / (1 - m).sum();
  const Tensor direction = inside - outside;
  test::Net net;
  const ValueId input = net.input("picture", {-1, 3, size, size});
  const ValueId weight = net.constant(direction.reshape({1, 3, 1, 1}));
  const ValueId bias = net.constant((-(direction * (inside + outside) / 2).sum()).reshape({1}));
  const ValueId conv = net.node("Conv", {input, weight, bias}, {}, "colour");
  const ValueId relu = net.node("Relu", {conv}, {}, "relu");
  net.gemm(net.node("Flatten", {net.node("GlobalAveragePool", {relu}, {}, "gap")}, {}, "flat"), 1, 2);
  Model model = net.model();
  model.card.preprocess = preprocess;
  return model;
}

TEST(part_units, names_the_part_under_the_evidence) {
  constexpr int size = 96;
  const WorldSource source{.options = {.size = size, .biases = {}}, .seed = 5};
  int named = 0;
  for (const std::int64_t scene_index : {0, 3, 7, 11}) {
    const WorldScene scene = render_scene(source.options, source.seed, scene_index);
    const auto& [part, mask] = scene.objects.at(0).parts.at(0);
    const Model model = detector_of(scene, mask, size);
    const Projector projector(model, model.graph.at("colour"), find_recipe("gradient"));
    // The unit over a pixel of the part sees that pixel alone.
    const auto place = static_cast<std::int32_t>(mask.reshape({-1}).argmax().item<std::int64_t>());
    const std::vector<Strongest> places{{1.0F, place, scene_index}};
    const PartUnit unit = find_part(model, projector, source, 0, places);
    const std::string expected = world_labels().at(static_cast<std::size_t>(scene.objects[0].label)) + " " + part;
    EXPECT_EQ(unit.part, expected);
    EXPECT_EQ(unit.agreeing, 1);
    EXPECT_NEAR(unit.share, 1, 1e-6);
    ++named;
  }
  EXPECT_EQ(named, 4);
}

TEST(part_units, counts_places_that_agree) {
  constexpr int size = 96;
  const WorldSource source{.options = {.size = size, .biases = {}}, .seed = 5};
  const WorldScene scene = render_scene(source.options, source.seed, 3);
  const Model model = detector_of(scene, scene.objects.at(0).parts.at(0).second, size);
  const Projector projector(model, model.graph.at("colour"), find_recipe("gradient"));
  Tensor background = 1 - scene.objects[0].mask.to(at::kFloat);
  if (!scene.context_name.empty()) background = background * (1 - scene.context.to(at::kFloat));
  const auto at = [](const Tensor& mask) {
    return static_cast<std::int32_t>(mask.reshape({-1}).argmax().item<std::int64_t>());
  };
  const std::vector<Strongest> places{
      {3, at(background), 3}, {2, at(scene.objects[0].parts[0].second), 3}, {1, at(background), 3}};
  const PartUnit unit = find_part(model, projector, source, 0, places);
  EXPECT_EQ(unit.part, "background");
  EXPECT_EQ(unit.agreeing, 2);
  EXPECT_EQ(unit.places, 3);
  EXPECT_EQ(unit.all.size(), 2U);
}

TEST(part_units, refuses_a_network_that_sees_a_crop) {
  const WorldSource source{.options = {.size = 96, .biases = {}}, .seed = 5};
  const WorldScene scene = render_scene(source.options, source.seed, 3);
  Model model = detector_of(scene, scene.objects.at(0).mask, 96);
  model.card.preprocess->fit = Fit::central_share;
  const Projector projector(model, model.graph.at("colour"), find_recipe("gradient"));
  const std::vector<Strongest> places{{1, 0, 3}};
  EXPECT_TRUE(test::holds(test::failure_of([&] { find_part(model, projector, source, 0, places); }), "crop"));
}

}  // namespace
}  // namespace fovea

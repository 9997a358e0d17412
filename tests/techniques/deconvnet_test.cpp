// SPDX-License-Identifier: Apache-2.0
#include "techniques/asked.h"

namespace fovea {
namespace {

Tensor project(const test::Asked& asked, const Tensor& relevance, ValueId from) {
  return walk(asked.subject.trace(), {{from, relevance}}, find_recipe("deconvnet"))
      .at(asked.model.graph.inputs()[0])[0];
}

TEST(deconvnet_map, starts_with_the_strongest_units_own_activation) {
  const test::Asked asked;
  const ValueId features = asked.model.graph.at("features");
  const Tensor activation = asked.subject.trace().value(features);
  const Tensor map = activation[0][3];
  const std::int64_t best = map.contiguous().argmax().item<std::int64_t>();
  ASSERT_GT(map.max().item<float>(), 0);
  Tensor seed = activation * 0;
  seed[0][3][best / 7][best % 7] = map.max();
  EXPECT_TRUE(asked.ask("deconvnet", {}, {}, "neuron(features,3,strongest)").allclose(project(asked, seed, features)));
  seed[0][3][best / 7][best % 7] = 1;
  EXPECT_TRUE(asked.ask("deconvnet", {{"start", "one"}}, {}, "neuron(features,3,strongest)")
                  .allclose(project(asked, seed, features)));
}

TEST(deconvnet_map, projects_a_whole_map_and_a_whole_layer) {
  const test::Asked asked;
  const ValueId features = asked.model.graph.at("features");
  const Tensor activation = asked.subject.trace().value(features);
  Tensor one_map = activation * 0;
  one_map[0][5].copy_(activation[0][5]);
  EXPECT_TRUE(asked.ask("deconvnet", {}, {}, "value(features,5)").allclose(project(asked, one_map, features)));
  EXPECT_TRUE(asked.ask("deconvnet", {}, {}, "value(features)").allclose(project(asked, activation, features)));
}

TEST(deconvnet_map, presets_set_what_they_say) {
  const test::Asked asked;
  const auto with = [&](const char* preset) {
    return explain(find_technique("deconvnet"), asked.subject, logit(2), {.preset = preset}).values;
  };
  EXPECT_TRUE(with("zf2014").equal(asked.ask("deconvnet")));
  EXPECT_TRUE(with("captum").equal(asked.ask("deconvnet", {{"unpool", "sum"}, {"start", "one"}})));
  EXPECT_FALSE(with("zf2014").equal(with("captum"))) << "the pools of this network overlap";
}

}  // namespace
}  // namespace fovea

// SPDX-License-Identifier: Apache-2.0
#include "techniques/asked.h"

namespace fovea {
namespace {

TEST(ablation_cam, weighs_by_the_share_that_is_lost_without_each_map) {
  const test::Asked asked;
  const ValueId at = asked.model.graph.at("early");
  const Tensor maps = asked.subject.trace().value(at);
  const double whole = asked.subject.trace().scores()[0][2].item<double>();
  Tensor expected = maps[0][0] * 0;
  for (std::int64_t k = 0; k < maps.size(1); ++k) {
    Tensor without = maps.clone();
    without[0][k].zero_();
    const double left = run(asked.model.graph, asked.input, {.given = {{at, without}}}).scores()[0][2].item<double>();
    expected = expected + maps[0][k] * ((whole - left) / whole);
  }
  EXPECT_LE(test::relative_error(asked.ask("ablation_cam", {}, "early"), expected), 1e-5);
}

TEST(ablation_cam, refuses_an_objective_that_is_zero) {
  const test::Asked asked;
  EXPECT_THROW(asked.ask("ablation_cam", {}, {}, "0 * logit(2)"), Error);
}

}  // namespace
}  // namespace fovea

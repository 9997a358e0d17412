// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "techniques/asked.h"

namespace fovea {
namespace {

TEST(feature_ablation, gives_every_piece_what_is_lost_without_it) {
  const test::Asked asked;
  const Map map = asked.whole("feature_ablation", {{"segments", "6"}});
  const double whole = asked.subject.trace().scores()[0][2].item<double>();
  std::set<float> values;
  for (std::int64_t i = 0; i < 256; ++i) values.insert(map.values.flatten()[i].item<float>());
  EXPECT_GE(values.size(), 3u);
  EXPECT_LE(values.size(), 12u);
  for (const float value : values) {
    const Tensor piece = map.values == value;
    const Tensor without = asked.input.masked_fill(piece.unsqueeze(0).unsqueeze(0), 0);
    EXPECT_NEAR(whole - run(asked.model.graph, without).scores()[0][2].item<double>(), value, 1e-5);
  }
}

TEST(feature_ablation, one_piece_is_the_whole_picture) {
  const test::Asked asked;
  const Tensor map = asked.ask("feature_ablation", {{"segments", "1"}});
  const Tensor scores = asked.subject.trace().scores() - run(asked.model.graph, asked.input * 0).scores();
  EXPECT_NEAR(map.min().item<double>(), scores[0][2].item<double>(), 1e-5);
  EXPECT_EQ(map.min().item<float>(), map.max().item<float>());
}

}  // namespace
}  // namespace fovea

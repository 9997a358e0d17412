// SPDX-License-Identifier: Apache-2.0
#include "image/grab_cut.h"
#include "techniques/asked.h"

namespace fovea {
namespace {

TEST(saliency, is_the_largest_magnitude_over_channels) {
  const test::Asked asked;
  const Tensor map = asked.ask("saliency");
  EXPECT_TRUE(map.equal(std::get<0>(asked.ask("gradient").abs().max(0))));
  EXPECT_GT(map.max().item<float>(), 0);
}

TEST(saliency, may_cut_the_object_out) {
  test::Asked asked;
  EXPECT_THROW(asked.ask("saliency", {{"segment", "true"}}), Error) << "no card: no colours";
  asked.model.card.preprocess =
      Preprocess{.width = 16, .height = 16, .scale = 1.0 / 255, .mean = {0.5, 0.5, 0.5}, .std = {0.2, 0.2, 0.2}};
  const Tensor mask = asked.ask("saliency", {{"segment", "true"}});
  const Image picture = to_picture(asked.input, *asked.model.card.preprocess);
  EXPECT_TRUE(mask.equal(segment_by_map(picture, asked.ask("saliency"))));
  EXPECT_GT(mask.sum().item<float>(), 0);
}

}  // namespace
}  // namespace fovea

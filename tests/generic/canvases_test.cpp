// SPDX-License-Identifier: Apache-2.0
// Properties of every canvas: sizes, bounds, gradients, batches that do not touch, inversion.
#include "canvases/made.h"

#include <fovea/trace.h>

namespace fovea {
namespace {

class canvases_all : public ::testing::TestWithParam<const CanvasKind*> {};

TEST_P(canvases_all, keeps_its_promises) {
  const std::string name(GetParam()->name);
  for (const auto& [height, width] : std::vector<std::pair<int, int>>{{1, 1}, {1, 7}, {16, 16}, {15, 17}}) {
    const Canvas canvas = make_canvas(name, test::plan(2, height, width));
    const Tensor image = canvas.image(canvas.parameters);
    EXPECT_EQ(image.size(0), 2);
    EXPECT_GE(image.size(1), 3);
    EXPECT_EQ(image.size(2), height);
    EXPECT_EQ(image.size(3), width);
    if (name != "pixels") {
      EXPECT_GE(image.min().item<double>(), 0);
      EXPECT_LE(image.max().item<double>(), 1);
    }
    const std::vector<Tensor> gradients = vjp({image.sum()}, canvas.parameters, {image.detach().new_ones({})});
    bool any = false;
    for (const Tensor& gradient : gradients) any = any || (gradient.defined() && gradient.ne(0).any().item<bool>());
    EXPECT_TRUE(any);
    const Tensor alone = test::shown(name.c_str(), test::plan(1, height, width));
    EXPECT_LE(test::largest_difference(alone, image.detach().narrow(0, 0, 1)), 1e-6) << "picture 0 of two and of one";
    if (!canvas.invert) continue;
    const Tensor back = canvas.image(canvas.invert(image.detach())).detach();
    EXPECT_LE(test::largest_difference(back, image.detach()), 1e-4);
  }
}

TEST_P(canvases_all, wrong_plans_are_named) {
  const std::string name(GetParam()->name);
  EXPECT_TRUE(
      test::holds(test::failure_of([&] { make_canvas(name, test::plan(1, 0, 4)); }), "at least one picture of 1 x 1"));
  EXPECT_TRUE(test::holds(test::failure_of([&] { make_canvas(name, test::plan(1, 4, 4, test::some_picture(3, 4))); }),
                          "a canvas's start must be"));
}

std::string canvas_name(const ::testing::TestParamInfo<const CanvasKind*>& info) {
  return std::string(info.param->name);
}

INSTANTIATE_TEST_SUITE_P(canvases, canvases_all, ::testing::ValuesIn(all_canvases().begin(), all_canvases().end()),
                         canvas_name);

}  // namespace
}  // namespace fovea

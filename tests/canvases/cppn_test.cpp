// SPDX-License-Identifier: Apache-2.0
#include "canvases/made.h"

namespace fovea {
namespace {

using test::plan;
using test::shown;

TEST(cppn, begins_grey_and_grows_by_its_last_layer) {
  const Canvas canvas = make_canvas("cppn(layers=3, width=5)", plan(1, 6, 6));
  EXPECT_TRUE(canvas.image(canvas.parameters).detach().equal(at::full({1, 3, 6, 6}, 0.5)));
  EXPECT_EQ(canvas.parameters.size(), 8U);
  std::vector<Tensor> changed = canvas.parameters;
  changed[6] = test::random_normal(changed[6].sizes().vec(), 4);
  const Tensor drawn = canvas.image(changed).detach();
  EXPECT_GT(drawn.std().item<double>(), 0.05);
  EXPECT_FALSE(canvas.invert);
}

TEST(cppn, cannot_begin_from_a_picture) {
  EXPECT_TRUE(test::holds(test::failure_of([] { shown("cppn", plan(1, 4, 4, test::some_picture(4, 4))); }),
                          "the canvas 'cppn' cannot begin from a picture"));
}

}  // namespace
}  // namespace fovea

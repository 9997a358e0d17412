// SPDX-License-Identifier: Apache-2.0
#include "canvases/made.h"

namespace fovea {
namespace {

using test::plan;
using test::shown;

TEST(fourier, a_constant_is_a_flat_picture) {
  const Canvas canvas = make_canvas("fourier(sd=0)", plan(1, 8, 8));
  EXPECT_TRUE(canvas.image(canvas.parameters).detach().equal(at::full({1, 3, 8, 8}, 0.5)));
  Tensor spectrum = canvas.parameters.front().detach().clone();
  for (int c = 0; c < 3; ++c) spectrum[0][c][0][0][0] = 1.0;
  const Tensor flat = canvas.image({spectrum});
  EXPECT_LE((flat - flat.mean({2, 3}, true)).abs().max().item<double>(), 1e-6);
  EXPECT_GT((flat - 0.5).abs().max().item<double>(), 0.01);
}

TEST(fourier, begins_from_a_picture_of_any_size) {
  for (const auto& [height, width] : std::vector<std::pair<int, int>>{{1, 1}, {1, 7}, {16, 16}, {15, 17}}) {
    const Tensor start = test::some_picture(height, width);
    for (const char* text : {"fourier", "fourier(colour=rgb, bound=none)", "fourier(decay=1.5)"}) {
      EXPECT_LE(test::largest_difference(shown(text, plan(1, height, width, start)), start), 1e-4) << text << height;
    }
  }
}

}  // namespace
}  // namespace fovea

// SPDX-License-Identifier: Apache-2.0
#include "image/grab_cut.h"

#include <cmath>

#include <gtest/gtest.h>

#include <ATen/ops/zeros.h>

#include <fovea/error.h>

#include "support/net.h"

namespace fovea {
namespace {

/// A red disc and a far red spot on blue, with a little noise.
Image disc() {
  Image picture = make_image(64, 48, {30, 60, 200});
  for (int y = 0; y < 48; ++y) {
    for (int x = 0; x < 64; ++x) {
      const bool inside = (x - 24) * (x - 24) + (y - 24) * (y - 24) < 12 * 12;
      const bool spot = x > 56 && y > 42;
      if (inside || spot) picture.at(x, y)[0] = 220;
      if (inside || spot) picture.at(x, y)[2] = 40;
      picture.at(x, y)[1] = static_cast<std::uint8_t>(60 + (x * 7 + y * 13) % 9);
    }
  }
  return picture;
}

TEST(grab_cut, grows_from_a_few_sure_pixels_to_the_object) {
  Tensor map = test::random_normal({48, 64}, 2).abs() * 0.05;
  for (int y = 0; y < 48; ++y) {  // falls from the middle of the disc on, over its edge
    for (int x = 0; x < 64; ++x) map[y][x] += std::exp(-((x - 22) * (x - 22) + (y - 25) * (y - 25)) / 128.0);
  }
  const Tensor mask = segment_by_map(disc(), map);
  double both = 0;
  double either = 0;
  for (int y = 0; y < 48; ++y) {
    for (int x = 0; x < 64; ++x) {
      const bool inside = (x - 24) * (x - 24) + (y - 24) * (y - 24) < 12 * 12;
      const bool cut = mask[y][x].item<float>() > 0;
      both += inside && cut ? 1 : 0;
      either += inside || cut ? 1 : 0;
    }
  }
  EXPECT_GT(both / either, 0.9);
  EXPECT_EQ(mask[46][60].item<float>(), 0) << "only the largest part is kept";
}

TEST(grab_cut, an_even_map_cuts_out_nothing) {
  EXPECT_EQ(segment_by_map(disc(), at::zeros({48, 64})).max().item<float>(), 0);
}

TEST(grab_cut, refuses_a_map_of_another_size) { EXPECT_THROW(segment_by_map(disc(), at::zeros({4, 4})), Error); }

}  // namespace
}  // namespace fovea

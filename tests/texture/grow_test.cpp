// SPDX-License-Identifier: Apache-2.0
#include "texture/grow.h"

#include <cmath>
#include <set>

#include <ATen/ops/arange.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include "core/random.h"
#include "support/failure.h"

namespace fovea {
namespace {

/// Stripes of three colours along x, [3,h,w].
Tensor stripes(std::int64_t height, std::int64_t width) {
  Tensor sample = at::zeros({3, height, width}, at::TensorOptions(at::kFloat));
  for (std::int64_t x = 0; x < width; ++x) sample[x % 3].narrow(1, x, 1).fill_(1);
  return sample;
}

TEST(grow, errors_are_those_of_the_definition) {
  constexpr int window = 5;
  const Tensor sample = uniform({3, 9, 11}, 1, 0);
  const Tensor windows = uniform({4, 3, window, window}, 2, 0);
  const Tensor known = uniform({4, window, window}, 3, 0).gt(0.4).to(at::kFloat);
  const Tensor errors = window_errors(sample, windows, known, window);
  ASSERT_EQ(errors.size(1), 5 * 7);
  const double sigma = window / 6.4;
  for (std::int64_t p = 0; p < 4; ++p) {
    for (std::int64_t y = 0; y < 5; ++y) {
      for (std::int64_t x = 0; x < 7; ++x) {
        double sum = 0;
        double weights = 0;
        for (int dy = 0; dy < window; ++dy) {
          for (int dx = 0; dx < window; ++dx) {
            const double far = (dy - 2) * (dy - 2) + (dx - 2) * (dx - 2);
            const double weight = known[p][dy][dx].item<double>() * std::exp(-far / (2 * sigma * sigma));
            weights += 3 * weight;
            for (int c = 0; c < 3; ++c) {
              const double off = sample[c][y + dy][x + dx].item<double>() - windows[p][c][dy][dx].item<double>();
              sum += weight * off * off;
            }
          }
        }
        ASSERT_NEAR(errors[p][y * 7 + x].item<double>(), sum / weights, 1e-5);
      }
    }
  }
}

TEST(grow, regular_textures_are_continued_exactly) {
  const Tensor sample = stripes(12, 12);
  for (const GrowthOrder order : {GrowthOrder::onion, GrowthOrder::scan}) {
    const Grown grown = grow_texture(sample, {.height = 20, .width = 22, .window = 7, .order = order, .seed = 4});
    for (std::int64_t y = 0; y < 20; ++y) {
      for (std::int64_t x = 3; x < 22; ++x) {
        for (int c = 0; c < 3; ++c) {
          ASSERT_EQ(grown.picture[c][y][x].item<float>(), grown.picture[c][y][x - 3].item<float>()) << "of period 3";
          ASSERT_EQ(grown.picture[c][y][x].item<float>(), grown.picture[c][0][x].item<float>()) << "along columns";
        }
      }
    }
    EXPECT_LT(grown.mean_error, 1e-5);
  }
}

TEST(grow, every_pixel_is_one_of_the_sample) {
  const Tensor sample = (uniform({3, 16, 16}, 9, 0) * 255).round() / 255;
  std::set<std::tuple<float, float, float>> colours;
  const auto colour = [](const Tensor& picture, std::int64_t y, std::int64_t x) {
    return std::make_tuple(picture[0][y][x].item<float>(), picture[1][y][x].item<float>(),
                           picture[2][y][x].item<float>());
  };
  for (int y = 0; y < 16; ++y) {
    for (int x = 0; x < 16; ++x) colours.insert(colour(sample, y, x));
  }
  const Grown grown = grow_texture(sample, {.height = 14, .width = 9, .window = 5, .seed = 1});
  for (int y = 0; y < 14; ++y) {
    for (int x = 0; x < 9; ++x) EXPECT_TRUE(colours.contains(colour(grown.picture, y, x))) << y << "," << x;
  }
}

TEST(grow, a_slanted_line_at_once_is_a_strict_scan) {
  // With no tolerance the choice is the best window: one pixel at a time, by definition, gives the same picture as long
  // as no two windows are equally good, as among random numbers.
  const Tensor sample = uniform({3, 12, 12}, 5, 0);
  constexpr int window = 5;
  const Grown grown = grow_texture(
      sample, {.height = 8, .width = 8, .window = window, .tolerance = 0, .order = GrowthOrder::scan, .seed = 2});
  Tensor padded = at::zeros({3, 12, 12}, at::TensorOptions(at::kFloat));
  Tensor known = at::zeros({12, 12}, at::TensorOptions(at::kFloat));
  for (std::int64_t y = 0; y < 8; ++y) {
    for (std::int64_t x = 0; x < 8; ++x) {
      Tensor chosen = grown.picture.select(1, 0).select(1, 0);
      if (y > 0 || x > 0) {
        Tensor mask = known.narrow(0, y, window).narrow(1, x, window).clone();
        mask.narrow(0, 3, 2).zero_();
        mask[2].narrow(0, 2, 3).zero_();
        const Tensor seen = padded.narrow(1, y, window).narrow(2, x, window);
        const auto best =
            window_errors(sample, seen.unsqueeze(0), mask.unsqueeze(0), window)[0].argmin().item<std::int64_t>();
        chosen = sample.select(1, best / 8 + 2).select(1, best % 8 + 2);
      }
      padded.select(1, y + 2).select(1, x + 2).copy_(chosen);
      known[y + 2][x + 2] = 1;
      ASSERT_TRUE(chosen.allclose(grown.picture.select(1, y).select(1, x))) << y << "," << x;
    }
  }
}

TEST(grow, a_seed_gives_the_same_and_bad_samples_have_words) {
  const Tensor sample = uniform({3, 16, 16}, 9, 0);
  const GrowthOptions options{.height = 12, .width = 12, .window = 5, .tolerance = 1, .seed = 7};
  EXPECT_TRUE(grow_texture(sample, options).picture.equal(grow_texture(sample, options).picture));
  EXPECT_TRUE(test::holds(test::failure_of([&] { grow_texture(sample, {.window = 17}); }), "smaller than the window"));
  EXPECT_TRUE(test::holds(test::failure_of([&] { grow_texture(sample, {.window = 6}); }), "odd"));
}

}  // namespace
}  // namespace fovea

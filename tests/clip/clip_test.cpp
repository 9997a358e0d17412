// Clips written and read again, and maps drawn on one scale.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <fovea/clip.h>

#include "support/failure.h"
#include "support/net.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;

class clip : public ::testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder); }
  void TearDown() override { fs::remove_all(folder); }
  fs::path folder = fs::temp_directory_path() / ("fovea_clip_" + std::to_string(getpid()));

  void write(const fs::path& path, int width = 64, int height = 48) const {
    const auto writer = write_clip(path, width, height, 12);
    for (int i = 0; i < 10; ++i) writer->add(make_image(width, height, {static_cast<std::uint8_t>(20 * i), 90, 200}));
    writer->finish();
  }
};

TEST_F(clip, comes_back_as_it_was_written) {
  write(folder / "a.mp4");
  const auto reader = read_clip(folder / "a.mp4");
  EXPECT_EQ(reader->info().width, 64);
  EXPECT_EQ(reader->info().height, 48);
  EXPECT_NEAR(reader->info().rate, 12, 0.01);
  int frames = 0;
  while (const auto frame = reader->next()) {
    EXPECT_NEAR(frame->at(30, 20)[0], 20 * frames, 12) << "lossy, but red is red";
    EXPECT_NEAR(frame->at(30, 20)[2], 200, 12);
    ++frames;
  }
  EXPECT_EQ(frames, 10);
}

TEST_F(clip, of_an_odd_size_loses_a_pixel) {
  write(folder / "odd.mp4", 65, 49);
  EXPECT_EQ(read_clip(folder / "odd.mp4")->info().width, 64);
}

TEST_F(clip, that_is_not_finished_leaves_nothing) {
  {
    const auto writer = write_clip(folder / "b.mp4", 64, 48, 12);
    writer->add(make_image(64, 48));
  }
  EXPECT_TRUE(fs::is_empty(folder));
}

TEST_F(clip, says_what_is_wrong) {
  EXPECT_TRUE(test::holds(test::failure_of([&] { read_clip(folder / "none.mp4"); }), "is not there"));
  std::ofstream(folder / "text.mp4") << "no clip";
  EXPECT_TRUE(test::holds(test::failure_of([&] { read_clip(folder / "text.mp4"); }), "format:"));
  std::ofstream(folder / "empty.mp4").flush();
  EXPECT_TRUE(test::holds(test::failure_of([&] { read_clip(folder / "empty.mp4"); }), "is empty"));
  EXPECT_TRUE(test::holds(test::failure_of([&] { write_clip(folder / "x.mp4", 0, 5, 25); }), "usage:"));
  EXPECT_TRUE(test::holds(test::failure_of([&] { write_clip(folder / "x.what", 64, 64, 25); }), "no encoder"));
  EXPECT_TRUE(test::holds(test::failure_of([&] { write_clip(folder / "no" / "x.mp4", 64, 64, 25); }), "no encoder"));
  const auto writer = write_clip(folder / "c.mp4", 64, 48, 12);
  EXPECT_TRUE(test::holds(test::failure_of([&] { writer->add(make_image(10, 10)); }), "does not fit"));
}

TEST_F(clip, is_known_by_its_ending) {
  EXPECT_TRUE(is_clip("a.mp4") && is_clip("b.MOV") && is_clip("c/d.webm"));
  EXPECT_FALSE(is_clip("a.png") || is_clip("mp4") || is_clip("a.mp4.png"));
}

// Twice as weak a map on the scale of the strong one is half as bright, and the strong one looks as ever.
TEST_F(clip, maps_are_drawn_on_the_given_scale) {
  const Image seen = make_image(64, 64, {128, 128, 128});
  for (const Drawing drawing : {Drawing::heat, Drawing::signed_heat, Drawing::signed_rgb}) {
    const Shape shape = drawing == Drawing::signed_rgb ? Shape{3, 64, 64} : Shape{7, 7};
    Tensor values = test::random_normal(shape, 3);
    if (drawing == Drawing::heat) values = values.abs();
    const Map strong{.values = values, .drawing = drawing, .at = "x"};
    const Map weak{.values = values / 2, .drawing = drawing, .at = "x"};
    const double strength = strength_of(strong);
    EXPECT_NEAR(strength_of(weak), strength / 2, 1e-6 * strength);
    const Image own = rasterise(draw(strong, seen));
    const Image faint = rasterise(draw(weak, seen));
    const Image held = draw(strong, seen, strength);
    double apart = 0;
    double weaker = 0;
    for (std::size_t i = 0; i < own.rgb.size(); ++i) {
      apart = std::max(apart, std::abs(static_cast<double>(own.rgb[i]) - held.rgb[i]));
      weaker += std::abs(static_cast<double>(faint.rgb[i]) - own.rgb[i]);
      if (i > 3000) break;
    }
    EXPECT_LE(apart, 2) << "the map's own scale";
    EXPECT_EQ(weaker, 0) << "on its own scale a weak map looks strong";
    EXPECT_NE(draw(weak, seen, strength).rgb, own.rgb);
  }
}

}  // namespace
}  // namespace fovea
